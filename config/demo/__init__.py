"""The demonstration: autumn 2017 in Aix-en-Provence, replayed through the same verbs as the pages."""
