/** What an agent should do next about a message that Meta did not take, in plain words. */
export const ERROR_ADVICE = {
  wait: "Do not repeat it: the server sends it again by itself. Follow it with get_message_status.",
  slow_down:
    "Do not repeat it: the server sends it again by itself, later. Send less until then; more sends only make it longer.",
  again_later: "It failed for good. If it still matters, send it as a new message, but not at once.",
  one_person:
    "Do not repeat it: the server sends it again by itself. Write less often to this person; put several short texts into one.",
  uncertain:
    "It may have arrived. Do not repeat it; follow it with get_message_status, which also corrects itself later.",
  unresolved:
    "It may have arrived. Ask the person, or look at their answers, before you send it again; a late status still corrects this.",
  owner:
    "Tell the owner of this server the code: only they can mend it. Do not repeat it; it waits, and is sent once the number is resumed.",
  owner_final:
    "Tell the owner of this server the code: only they can mend it. Do not repeat it before they have.",
  spam: "Send nothing more from this number for hours: people have blocked or reported its messages. The owner has been told.",
  unreachable:
    "Do not repeat it: the person cannot be reached now, and Meta does not say why. Reach them another way, or let a person decide.",
  allowed_list:
    "A test number reaches only people on its list. Ask the owner of this server to add this one.",
  window:
    "Only an approved template may be sent to this person now; list_templates shows them. Or wait until they write.",
  correct: "Correct the message and send it as a new one; the same again fails again.",
  recipient: "Check the recipient and send it as a new message; the same again fails again.",
  template: "Correct the template's name, language or parameters, or choose another one that is approved.",
  template_owner: "Choose another approved template, and tell the owner of this server about this one.",
  marketing: "Send this person no marketing for at least a day. Other messages are not affected.",
  no_marketing:
    "The person wants no marketing. Send none until they ask for it; other messages are not affected.",
  media: "Send the file again in a type and size that WhatsApp takes.",
  identity:
    "The person's identity on WhatsApp has changed. Verify by another way that it is still them, then send anew.",
  flow: "Do not repeat it within the hour; tell the owner of this server that the flow is blocked or throttled.",
  elsewhere: "This is not about the message itself. Tell the owner of this server the code.",
  unknown: "Do not repeat it as it is. Tell the owner of this server the code.",
} as const;
