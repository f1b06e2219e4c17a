"""What people type about rules, triggers and working hours, validated and shaped."""
