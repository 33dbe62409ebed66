// The pictures used beside words, by their name in lucide-static. The build fails on a name that does not exist there.
export const ICONS = [
  "accessibility", "arrow-left", "arrow-right", "backpack", "book-user", "bus", "calendar", "calendar-check",
  "calendar-clock", "calendar-days", "calendar-plus", "calendar-x", "car", "chart-column", "check", "chevron-right",
  "circle-check", "clock", "copy", "download", "file-text", "footprints", "frown", "heart-handshake", "history",
  "hourglass", "house", "info", "key-round", "list-checks", "log-out", "mail", "map-pin", "meh",
  "message-square-text", "navigation", "pencil", "phone", "phone-call", "phone-incoming", "plus", "presentation", "printer",
  "repeat", "rss", "search", "settings", "shield-check", "smartphone", "smile", "sun", "sunset", "trash-2",
  "triangle-alert", "undo-2", "user", "user-check", "user-x", "users", "users-round", "wifi",
];
