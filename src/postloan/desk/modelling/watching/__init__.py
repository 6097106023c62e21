"""Watching: what each adopted month-end says of the models in force, and the alarms that follow."""
