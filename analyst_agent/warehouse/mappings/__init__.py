"""Source mappings: YAML that says what the columns, histories and rules of an export mean."""
