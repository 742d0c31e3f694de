"""SQL a person who knows the tables would write for the answers of the skills: as few scans as possible, nothing spare; a module a skill."""
