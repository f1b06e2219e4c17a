"""Screens of deals: translate a request, call one service or selector, draw."""
