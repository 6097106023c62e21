"""Which files of npm packages Postloan ships. The build reads this too, so it imports nothing."""

ICON_FOLDER = "@tabler/icons/icons/outline"
ICONS = (
    "adjustments", "alert-triangle", "archive", "arrow-left", "bell", "bolt", "bookmark", "briefcase", "building-bank",
    "calculator", "calendar", "camera", "chart-bar", "chart-pie", "check", "chevron-down", "chevron-left",
    "chevron-right", "clipboard-check", "clipboard-list", "clock", "columns-3", "download", "eye", "file-spreadsheet",
    "file-text", "filter", "gavel", "history", "home", "key", "layers-subtract", "link", "list-details", "lock",
    "lock-access", "logout", "menu-2", "map-pin", "message", "phone-call", "printer", "refresh", "report-analytics",
    "scale", "search", "send", "settings", "shield", "shield-check", "sitemap", "snowflake", "urgent", "user",
    "user-check", "users", "users-group", "x",
)  # fmt: skip
SERVED = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "echarts/dist/echarts.min.js",
)
FONTS = (
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
)
NPM_FILES = (*SERVED, *FONTS, *(f"{ICON_FOLDER}/{name}.svg" for name in ICONS))
