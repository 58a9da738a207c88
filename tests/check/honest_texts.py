"""What honest people write, three texts and more for each written item; none may be refused."""

HONEST: dict[str, tuple[str, ...]] = {
    "problem": (
        "Our warehouse loses two pallets a week because labels are misread. Solved means: fewer than two a month.",
        "Nobody reads the 400 survey comments that arrive each month. I read them for a year; it took a day each time.",
        "Zwei Hebammen planen die Schichten nach Gefühl. An vollen Tagen fehlt eine, an leeren sitzen drei herum.",
        "I wanted to know if my own sleep data say anything about my migraines. They hardly do.",
    ),
    "architecture": (
        "I would replace SQLite first: ten writers at once make it wait.",
        "One process, one file, one user. The queue comes when the second user does.",
        "学習は夜に一度だけ行い、答えはメモリから返す。",
    ),
    "data-source": (
        "The clinic exported them itself, under a contract that forbids sharing; so this repository has 500 made-up rows.",
        "UCI, CC BY 4.0, 30,000 rows. Income is not among the columns, and I would ask for it first.",
        "Scraped from my own mailbox. No licence: they are mine.",
    ),
    "error-analysis": (
        "The ten worst are all festival days. There is no column for festivals, so it cannot know.",
        "Nine of the ten worst have a missing blood pressure; the nurses told me it is skipped when the queue is long.",
        "Before I fixed the leak the AUC was 0.97, and there were hardly any errors to look at. Now there are.",
        "It fails for short texts: of those under 20 words it gets 6 of 14 right.",
    ),
    "deployment": (
        "It runs on my laptop only: `make image && docker compose up --wait`.",
        "| where | who | how we notice |\n| --- | --- | --- |\n| the club's server | members | Tom looks on Mondays |",
        "On a Raspberry Pi in the club house. Whoever is in the network may ask it; nobody else can.",
        "It does not run anywhere yet. I would take the smallest machine of a cheap host, since 300 MB of memory are enough.",
        "The nightly job of the library calls it; when no file has come by seven, Tom gets an e-mail.",
    ),
    "limitations": (
        "Trained on one gym in one town. Do not use it for another.",
        "The model is not to be used for customers in their first month.",
        "Because the data have no dates, I do not know whether the model would still be right next quarter.",
        "Nobody knows when a row was observed, so drift over time cannot be measured with these data.",
        "A customer who gets no offer because of a wrong score leaves, and the company loses 100 USD.",
        "Do not use it for business lines, which are not in the table.",
        "Women over 60 are 3% of the rows; for them I would not trust it, and I say so on the page.",
        "It could not be measured whether it is fair: no groups are recorded.",
        "Might be wrong on rainy days, should not be used for sales, may offend people whose street is misspelt.",
    ),
    "demo": (
        "Try it at https://leavers.fly.dev: the first answer takes ten seconds, because the machine has to wake up.",
        "![A question, its answer, and the two passages it quotes](docs/screenshot.png)",
        "A film of two minutes: <https://vimeo.com/123456>",
    ),
    "model-card": (
        "A logistic regression of nine numbers. I wrote it, I keep it, and I answer mail about it: ada@lovelace.dev.",
        "Not good at anything that is not English.",
        "The weights are those of the paper; only the last layer is mine.",
    ),
    "intended-use": (
        "The two librarians use it to sort the returns. It must not decide who gets a fine.",
        "For my own allotment. Nobody should water theirs by it.",
        "Students who want to see a calibrated model. Not for patients.",
    ),
    "monitoring-plan": (
        "Bram, who maintains the calendar",
        "20 wrong answers in a day, because that is what the desk can correct by hand",
        "we look every Monday; there is no pager and there should be none",
    ),
    "incident-contact": (
        "Ring Bram (ext. 4411). After eight in the evening switch it off yourself; the switch is labelled.",
        "Open an issue here, I read them daily.",
        "Write to security@gymdata.eu and expect an answer within two working days.",
    ),
    "staleness": (
        "I retrain it in September, when the new timetable comes, with `make demo`.",
        "When three weeks in a row are worse than last year's weekday. Next review on 2031-01-15.",
        "Never: it is a study, and it says so at the top.",
    ),
    "risk-register": (
        "low, it happened once in two years",
        "Priya, who signs the offers",
        "accepted by the board on 2026-10-02; see the minutes",
    ),
    "privacy": (
        "No column tells who somebody is. The log keeps the time and the status of a request, and nothing of its content.",
        "`postcode` and `birth_year` together name a person in a village. Both leave the file before it comes here.",
        "The questions are stored for 30 days; Kim may read them. Whoever asks can have theirs deleted.",
    ),
}
