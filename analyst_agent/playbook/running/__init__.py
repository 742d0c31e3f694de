"""A playbook's runs: each step's result kept when it is done, so that a run that dies goes on from there."""
