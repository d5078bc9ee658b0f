"""The processes in which notebooks run, forked before they are needed."""
