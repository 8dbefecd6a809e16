"""Open data: the releases of protected tables, for people and for machines (/open-data/)."""
