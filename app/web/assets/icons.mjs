// The pictures used beside words, by their name in lucide-static. The build fails on a name that does not exist there.
export const ICONS = [
  "accessibility", "arrow-left", "arrow-right", "backpack", "bus", "calendar-check", "calendar-clock",
  "calendar-days", "calendar-plus", "calendar-x", "car", "check", "chevron-right", "circle-check", "clock",
  "download", "footprints", "heart-handshake", "house", "info", "mail", "map-pin",
  "message-square-text", "pencil", "phone", "printer", "search", "shield-check", "smartphone", "sun", "sunset",
  "triangle-alert", "user", "users",
];
