"""Contacts, interactions and deals over HTTP; others' do not exist."""
