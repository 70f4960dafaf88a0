"""What people see. HTML and JSON only: pages ask rooms, never the stores."""
