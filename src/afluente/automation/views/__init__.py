"""Pages and addresses of automation."""
