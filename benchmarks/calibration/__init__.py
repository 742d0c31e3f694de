"""Simulated helpdesks in which nothing is to be found, and ones with a planted truth: how often a skill cries wolf, and whether it finds what is there."""
