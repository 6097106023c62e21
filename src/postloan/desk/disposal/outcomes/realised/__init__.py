"""What an agreed disposal of collateral comes to on each loan; agreed to where the disposal was."""
