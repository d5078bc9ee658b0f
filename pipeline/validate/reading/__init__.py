"""From a file to a typed table: sources, text files, workbooks, headings, codes and dates."""
