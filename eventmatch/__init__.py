"""eventmatch: guests register, meet the right people, and keep them.

The floors of the house, from top to bottom; a room uses only what lies below it:

    cli  app  serving  demo        commands, wiring, one server, a made-up fair
    organiser     guest            the organiser's | one guest's view across all rooms
    matching      network          suggestions | each person's own contacts
    checkin       exchange         the door | two guests exchange contacts
    badges                         the code and the printed badge
    registration                   a person's place at an event
    events                         gatherings and who runs them
    people        accounts         guests, known by a verified address | organisers who sign in
    web                            HTTP furniture
    mail                           letters
    jobs  post                     work for later, the way out for letters
    db  paging                     the database
    errors  clock  codes  qr  i18n  config  logs
"""
