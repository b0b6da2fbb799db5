"""Machines that speak SECS/GEM over HSMS sockets."""
