"""What a report says, before anyone decides how it looks: sentences, rows and series.

Knows results and the words; knows no terminal, no HTML and no chart.
"""
