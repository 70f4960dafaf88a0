// A control marked data-submit sends its form as soon as it is changed; empty fields stay out.
document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-submit]");
  if (!control || !control.form.reportValidity()) return;
  for (const field of control.form.elements) if (field.name && !field.value) field.disabled = true;
  control.form.submit();
});
