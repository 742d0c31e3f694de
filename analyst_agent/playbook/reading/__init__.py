"""From a playbook's file to its checked record: `reader.read_playbook`."""
