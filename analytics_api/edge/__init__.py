"""What every request passes before and every response after the routes: plain ASGI, outermost first in `app.py`."""
