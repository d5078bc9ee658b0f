"""The report on all procedures of a council, made of what each procedure's own run has left."""
