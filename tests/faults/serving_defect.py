"""Serves the desk: serving_defect.py PORT. As an application it is the product's own, with the planted defect."""

import os
import sys

if __name__ == "__main__":
    from django.core.management import call_command

    import postloan.site.wsgi  # noqa: F401 - sets Django up

    call_command("collectstatic", verbosity=0, interactive=False)  # as `postloan serve` does before it serves
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", sys.argv[1]]
    options = ["--workers", "1", "--blocking-threads", "2", "--no-ws", "serving_defect:application"]
    os.execv(sys.executable, [*server, *options])  # noqa: S606 - no shell, and every word is ours

from postloan.site.wsgi import application  # noqa: F401

if os.environ["DEFECT"] != "-":
    import defects

    getattr(defects, os.environ["DEFECT"])()
