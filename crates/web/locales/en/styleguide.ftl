# The style guide.
guide-title = Style guide
guide-lead = Every part that pages are made of, in each of its states. The pages themselves use nothing else.
guide-colours = Colours
guide-type = Type
guide-buttons = Buttons
guide-fields = Fields
guide-slots = Times
guide-columns = Days side by side
guide-notices = Notices, tags and messages
guide-dialog = Questions
guide-empty = Nothing to show
guide-loading = Not there yet
guide-disabled = Not available
guide-toast = The visit was moved.
guide-undo = Undo
guide-open = Ask
guide-nav = Style guide (demo)
