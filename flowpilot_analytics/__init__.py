"""`services` and `shared_queries` under a name that clashes with no package of the main application.

In the wheel the two live here, and the short names lead here wherever no other package has them. In a checkout they
live at its top, and the long names lead there. Either way each module exists once, so that a class is the same class
by both names.
"""

from flowpilot_analytics.names import install

install()
