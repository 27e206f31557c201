# The operator's page.
nav-ops = Operations
ops-title = Operations
ops-at = As of { $time }
ops-refresh = Refresh
ops-refresh-itself = Every 5 seconds
ops-parts = Parts
ops-well = All well
ops-unwell = Something is wrong
ops-ready = ready
ops-figures = Figures
ops-version = Version
ops-uptime = Runs for
ops-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
ops-change-lag = Change log behind by
ops-index-lag = Search index behind by
ops-index-size = Practitioners in the index
ops-memory = Memory
ops-disk = Disk of the data
ops-disk-value = { $free } free of { $size }
ops-pool = Database connections
ops-pool-value = { $open } open, { $waiting } waiting
ops-jobs = Jobs
ops-waiting = due
ops-later = later
ops-running = running
ops-failed = failed, again later
ops-dead = given up
ops-idle = Nothing waits.
ops-oldest = The oldest has been due for { $time }.
ops-paused-since = Paused for { $time }
ops-retry = Retry
ops-pause = Pause
ops-go-on = Go on
ops-leave = Leave it
ops-retry-title = Try { $kind } again?
ops-retry-text = Jobs that were given up get all their attempts again, and those that wait after a failure run at once.
ops-pause-title = Pause { $kind }?
ops-pause-text = No worker begins such a job until somebody lets them go on; those running now end as usual. Nothing is lost, but it waits: mails would not go out.
ops-go-on-title = Let { $kind } go on?
ops-go-on-text = Workers begin such jobs again at once.
ops-retried = { $count ->
    [0] Nothing was left to try again.
    [one] One job runs again.
   *[other] { $count } jobs run again.
}
ops-paused-now = Paused.
ops-goes-on-now = They go on.
ops-bookings = Bookings by result
ops-no-bookings = None since this process started.
ops-command = What
ops-result = Result
ops-count = Count
ops-command-hold = Choose a time
ops-command-confirm = Confirm
ops-command-cancel = Cancel
ops-command-outcome = Note what became of it
ops-command-assign = Say for whom
ops-command-take-back = Take back a note
ops-command-reschedule = Move
ops-command-expire = Expire
ops-command-done = done
ops-command-taken = taken
ops-command-refused = refused
ops-command-fault = fault
ops-result-hold = hold
ops-result-confirm = confirm
ops-result-cancel = cancel
ops-result-settle = settle
ops-result-reschedule = reschedule
ops-result-expire = expire
ops-result-done = done
ops-result-taken = time taken
ops-result-refused = refused
ops-result-fault = our fault
ops-routes = Slowest routes
ops-route = Route
ops-since-start = Since this process started; half of the requests were within p50, all but one in a hundred within p99.
ops-regions = Regions
ops-region-here = this one
