// Reads a calendar with Thunderbird's parser, and says what it saw as JSON.
import { readFileSync } from "node:fs";

import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = calendar.getAllSubcomponents("vevent");
const said = (event, name) => event.getFirstPropertyValue(name)?.toString() ?? null;

console.log(JSON.stringify({
  name: said(calendar, "x-wr-calname"),
  refresh: said(calendar, "refresh-interval"),
  components: calendar.getAllSubcomponents().map((each) => each.name),
  events: events.map((event) => ({
    properties: event.getAllProperties().map((each) => each.name).sort(),
    uid: said(event, "uid"),
    summary: said(event, "summary"),
    location: said(event, "location"),
    description: said(event, "description"),
    status: said(event, "status"),
    start: new ICAL.Event(event).startDate.toJSDate().toISOString(),
    end: new ICAL.Event(event).endDate.toJSDate().toISOString(),
  })),
}));
