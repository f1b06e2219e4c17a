"""Set statements of imports."""
