"""One budget for both schemas: what a document may cost, priced before anything runs."""
