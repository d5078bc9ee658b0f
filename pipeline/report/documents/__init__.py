"""The report's files: HTML, PDF, Word, open data and spreadsheets."""
