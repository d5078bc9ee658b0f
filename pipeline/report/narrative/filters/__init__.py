"""The filters of the narrative: phrases, sentences and paragraphs made of figures."""
