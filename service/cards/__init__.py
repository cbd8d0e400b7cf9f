"""Flashcards: notes -> candidates (`derive`) -> gate -> identity -> a shelf of cards -> exports."""
