"""The cockpit (管理驾驶舱): the figures of reports on one page, each leading to the loans behind it."""
