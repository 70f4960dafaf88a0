"""Forms in Tabler's clothes, that take the services' errors to the field at fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms

from regulars.ground.kit.errors import UserError


class Form(forms.Form):
    """A plain form whose fields carry Tabler's classes."""

    template_name = "parts/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if is_choice else "form-control")

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """A UserError raised inside becomes an error of its field, or of the whole form."""
        try:
            yield
        except UserError as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))


class ListField(forms.CharField):
    """Several codes, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


class DateField(forms.DateField):
    """A day, picked by the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def given(form: forms.Form) -> dict[str, Any]:
    """What a short form holds. Raises UserError naming the field at fault."""
    if form.is_valid():
        return form.cleaned_data
    field, errors = next(iter(form.errors.items()))
    label = form.fields[field].label if field in form.fields else ""
    raise UserError(f"{label}: {errors[0]}" if label else str(errors[0]), field=field)
