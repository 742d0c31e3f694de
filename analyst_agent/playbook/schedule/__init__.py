"""When a playbook is due, and the loop that runs what is due, once."""
