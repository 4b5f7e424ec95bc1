"""Word tables of ``reading.py``: how English speakers name circumstances, aims, steps, ends, reasons and afterthoughts.

Every phrase is compared as ``plain_words.tokens`` gives words. ``*_STRONG`` are hardly ever used otherwise.
"""

from __future__ import annotations

from greenroom.language.plain_words import phrases


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NUMBERS = _set(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million"
    " millions half twice double doubled triple percent dozen dozens quarter third fifth"
)
"""Number words; "one" and most ordinals mostly do not count anything."""

# --- circumstances --------------------------------------------------------------------------------

TIMES = phrases(
    "last year, last month, last week, last spring, last summer, last autumn, last winter, last christmas, last"
    " night, this spring, this summer, this year, years ago, months ago, weeks ago, days ago, year ago, month ago,"
    " week ago, a while ago, one day, one morning, one evening, one night, one time, one afternoon, that morning,"
    " that day, that night, that week, that evening, that afternoon, the next morning, the next day, the next week,"
    " the day before, the week before, the same week, the same day, at the time, back then, during my, during the,"
    " in my first, in my second, in my third, in my last, in my final, my first year, my second year, my final year,"
    " first year, second year, third year, final year, first week, second week, when i was, when we were, when i"
    " worked, when i started, when i had, when we had, while i was, before christmas, over christmas, over the"
    " summer, in spring, in summer, in autumn, in winter, at midnight, in the morning, in the evening, in the"
    " afternoon, at lunch"
)
DATES = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august"
    " september october november december christmas easter weekend yesterday o'clock midnight noon"
)
PLACES = _set(
    "ward hospital clinic surgery school classroom college university shop store cafe restaurant kitchen office"
    " warehouse factory site workshop garage hotel bar pub salon bank library laboratory lab studio depot till"
    " nursery hall farm airport station van flat house building home bakery pharmacy theater reception department"
    " branch course module lecture semester term internship placement apprenticeship dissertation thesis shift"
    " company charity agency council startup practice course"
)
PLACE_LINKS = _set("at in on for from with during into inside")
SETTING = phrases(
    "i was working, i worked, we were working, i used to work, my job was, my old job, my last job, my first job,"
    " my previous job, my current job, part time job, summer job, work experience, we had a, i had a, there was a,"
    " there were, we were building, we were running, we were supposed, i was on, i was in, i was at, i was doing,"
    " i was a, we were, there is, i was responsible, i was in charge, group project, the team i"
)
HAPPENED = phrases(
    "happened, turned out that, found out, noticed, realized, broke, crashed, failed, went wrong, missed, forgot,"
    " lost, called in sick, was off sick, was sick, complained, shouted, refused, left, quit, argued, cancelled,"
    " delayed, late"
)

# --- aims -----------------------------------------------------------------------------------------

TASK = phrases(
    "had to, have to, needed to, need to, was supposed to, were supposed to, supposed to, was meant to, my job was,"
    " my task, our task, the task, the aim, the goal, the plan was, the idea was, was responsible for, responsible for,"
    " in charge of, my part was, my role was, wanted to, was asked to, asked me to, asked us to, told me to, deadline,"
    " due on, due in, due at, due by, was due, were due, had until, had only, by friday, by monday, by the end of,"
    " by the next, could not move, could not be moved, my duty, i was to, we were to, it was up to, was expected to,"
    " promised, had promised, target, requirement, assignment, must, the problem was, the trouble was, the question was"
)

# --- ends -----------------------------------------------------------------------------------------

RESULT_STRONG = phrases(
    "as a result, the result, in the end, at the end, by the end, in the event, the outcome, it turned out, turned"
    " out, led to, since then, from then on, ever since, after that it, we finished, i finished, it worked, worked"
    " out, it was finished, was finished, got finished, was ready, were ready, we got, i got, we passed, i passed,"
    " handed it in, handed in, signed off, went live, went out, went down, went up, went from, dropped from, dropped"
    " to, fell from, fell to, rose to, rose from, grew to, grew from, down to, down from, up from, cut from, cut to,"
    " no longer, no more, did not happen again, has not happened, never happened again, not happened since, still"
    " use, still uses, still using, still there, still works, still running, came back, stayed, kept the, thanked,"
    " praised, apologized, shook my hand, hired, renewed, reordered, won, lost the, saved, delivered, on time, in"
    " time, a day early, early, a day before, ahead of, the grade, the mark, top mark, first prize, was fixed, got"
    " fixed, solved, was sorted, was done, were done, it ran, it held, it passed, was paid, nobody was hurt, nobody"
    " noticed, recovered, was discharged, discharged, was back, were back, agreed, accepted, opened on, we opened,"
    " shipped, was delivered"
)
RESULT_WEAK = phrases(
    "result, results, outcome, finally, eventually, afterwards, after that, later, improved, reduced, increased,"
    " achieved, succeeded, success, successful, finished, completed, worked well, went well, went fine, was happy,"
    " were happy, was pleased, were pleased, so it, which meant, that meant, less, fewer, faster, better, passed"
)
CHECK = phrases(
    "check back, check again, check that, check whether, check if, follow up, ring back, call back, look again,"
    " ask again, next day, a week later, afterwards, after that, write down, write it, write up, note, log it, log,"
    " record, report, report it, incident form, form, tell my manager, tell the manager, tell my supervisor, inform,"
    " hand over, handover, make sure, so that it does not, does not happen again, not happen again, at the end,"
    " once it is, once that is, thank, the next time, to see if, to see whether, review, debrief"
)

# --- afterthoughts --------------------------------------------------------------------------------

REFLECTION_STRONG = phrases(
    "i learned, we learned, what i learned, learned that, taught me, it taught, lesson, next time, looking back, in"
    " hindsight, with hindsight, i should have, we should have, i could have, would do differently, would do it"
    " differently, do differently, differently now, since then i, from then on i, ever since i, these days i,"
    " nowadays i, now i always, i now always, i always, i now, i never again, what i took, i took from, i took away,"
    " take away, my mistake was, i was wrong, i had been wrong, i misjudged, i underestimated, i had underestimated,"
    " i overestimated, i had assumed, i assumed, i still do, still do that, i still, if i did it again, if i had to"
    " do it again, if it happened again, i would now, today i, i realized, changed how i, changed the way, i have"
    " kept, made it a habit, a habit, became a rule, my rule, i regret, not proud, i was too, i would not do that"
    " again, what i would change, i would change, ask earlier, say it earlier, sooner, too late"
)
REFLECTION_WEAK = phrases(
    "learned, lesson, differently, realized, experience taught, grew, taught, in future, in the future, mistake,"
    " better now, habit, now, today, these days, since then"
)
LIMIT = phrases(
    "could go wrong, might go wrong, can go wrong, go wrong is, the risk, my risk, a risk, the danger, worst case,"
    " what worries me, worries me, worried about, scares me, scared me, frightens me, my weakness, weak at, not good"
    " at, i lack, what i lack, what i can not, i can not yet, not yet, i do not know yet, i still have to learn,"
    " have to learn, need to learn, is rusty, are rusty, rusty, the hard part, the difficult part, the hardest part,"
    " downside, the catch, the limit, i know i, i tend to, i would notice, i would know, i would see it, the sign,"
    " my doubt, i doubt, i am afraid, afraid that, what i do not like, what i did not like, boring things, not"
    " romantic, if it is still, if that is still, then i would stop, i would withdraw, i might be wrong, i may be"
    " wrong, i could be wrong, the worst thing, what i would not, i would not promise, promise too much, the"
    " temptation, i have been wrong, blind spot, what i have never, i have never done"
)
CONDITION = phrases(
    "if he, if she, if they, if it, if that does not, if that did not, if that is not, if nothing, if not, if the,"
    " if there, if i, if we, unless, in case, depends, depending, otherwise, even if, although, careful, risk,"
    " difficult, rather than, instead of, too quickly"
)

# --- reasons --------------------------------------------------------------------------------------

REASON_STRONG = phrases(
    "so that, in order to, which is why, that is why, the reason, therefore, since it, since the, since"
    " he, since she, since they, since we, since i, so they could, so i could, so we could, so he could, so she"
    " could, so nobody, so everybody, so everyone, so people, to make sure, to see, to find out, to avoid,"
    " otherwise, that way, for fear, on the grounds, due to, given that, as long as, rather than,"
    " instead of, even though, meant that, which meant, the point is, the point was, it matters, it mattered, what"
    " matters, thought that if, in case, knowing"
)
REASON_WEAK = phrases("so, since, as, to, why, meant, means")

# --- motives --------------------------------------------------------------------------------------

MOTIVE = phrases(
    "i like, i love, i enjoy, i enjoyed, i liked, i loved, i want to, i want a, i want, i would like, i wanted,"
    " what i like, what i enjoy, what draws, what drew, draws me, drew me, attracts me, attracted me, interests me,"
    " interested in, fascinated, fascinates, i care about, matters to me, satisfying, satisfaction, proud, it pleases,"
    " pleases me, made me, got me into, the reason, that is why, i miss, i missed, hooked, moved me, my dream"
)
OUTLOOK = phrases(
    "i want to learn, want to learn, i would learn, next step, in five years, in two years, in three years, next"
    " year, from september, this autumn, start in, i have applied, applied for, signed up, enrolled, evening class,"
    " course, certificate, qualification, training, apprenticeship, license, exam, finish my, my goal, become a, the"
    " plan is, i have booked, i have started, i have been, right now, now that, at the moment, ready to, in future,"
    " in the future, long term, i still have to, i lack, what i lack, i do not have, not yet"
)

QUOTING = phrases(
    "i said, i told, i asked, he said, she said, they said, we said, he told, she told, he asked, she asked, they"
    " asked, i would say, i would ask, i would tell, his words, her words, i wrote, said to me, said to him, said to"
    " her, answered"
)
EXAMPLES = phrases(
    "for example, for instance, one time, one day, there was, when i was, last year, last week, last summer,"
    " last winter, once, like the time, such as, in one case, i remember"
)

# --- steps ----------------------------------------------------------------------------------------

FIRST_PERSON = _set("i")
SUBJECTS = _set("i you they it who and then to")
LINKS = _set("and then to")
"""Are among the subjects, as verbs go on after them; say no subject."""
LEADS_TO_OWN = _set("i and or have had would will should shall")
PLAN_AUXILIARIES = _set("would will should shall")
BE = _set("is was be been being")
ADVERBS = _set(
    "first then also always even still never only not quickly quietly calmly immediately straight directly simply again"
    " next now soon later finally personally carefully slowly politely gently each both all once at therefore rather"
)
IRREGULAR_PAST = _set(
    "went made told wrote took brought found gave kept spoke put set ran sat drew built bought sold taught led met"
    " began chose cut drove held let sent read rang split swapped stood broke caught counted dug fed fought hid hung"
    " laid lit paid rode said shut slept spent stuck swept threw tore woke wore wound rebuilt rewrote redid withdrew"
    " undid cleaned showed bent"
)
IRREGULAR_BASE = _set(
    "go make tell write take bring find give keep speak put set run sit draw build buy sell teach lead meet begin"
    " choose cut drive hold let send read ring split stand break catch count show pay say shut spend throw"
)
STEP_BASE = IRREGULAR_BASE | _set(
    "ask call phone text email check listen explain apologize offer look fix replace repair test measure compare"
    " move stop start open close walk step lower raise repeat note record report inform warn separate isolate"
    " restore document copy print sort list rank order cancel postpone refund exchange escalate agree invite wait"
    " calm thank follow confirm clear clean carry fetch turn switch unplug label lock pull push save plan divide"
    " share swap hand discuss talk suggest propose admit own correct undo trace review contact remove mark draft"
    " prepare visit introduce train practice study register apply volunteer join help greet serve pack load mix cook"
    " wash dress change inspect identify trust treat reassure acknowledge point pass leave return answer stay weigh"
    " decide involve assess log"
)
EMPTY_VERBS = _set(
    "need needed try tried want wanted like liked love loved enjoy enjoyed feel felt think thought know knew"
    " believe believed hope hoped work worked help helped happen happened seem seemed become became learn learned"
    " manage managed deal dealt handle handled cope coped communicate communicated improve improved ensure ensured"
    " contribute contributed collaborate collaborated focus focused prioritize prioritized overcome overcame strive"
    " strived adapt adapted use used suppose supposed interest interested involve involved base based tire tired"
    " worry worried excite excited stress stressed bore bored experience experienced succeed succeeded achieve"
    " achieved develop developed grow grew gain gained understand understood respect respected support supported"
    " motivate motivated realize realized remember remembered guess guessed mean meant get got be was do did"
    " have had resolve resolved solve solved participate participated engage engaged leverage leveraged facilitate"
    " facilitated perform performed face faced pursue pursued aim aimed challenge challenged inspire inspired"
    " demonstrate demonstrated maintain maintained end ended finish finished complete completed turn turned start"
    " started"
)
"""Say that something was done, but not what."""
NOT_PAST = _set(
    "need indeed speed feed bed red shed hundred sacred naked instead exceed proceed embed breed seed weed deed greed"
    " wicked rugged agreed united limited detailed complicated qualified experienced dedicated motivated talented"
    " advanced skiled educated organized determined balanced varied unexpected unlimited committed fixed supposed"
    " interested tired worried excited stressed bored scared confused surprized pleased relieved embarrassed ashamed"
    " frustrated annoyed disappointed satisfied concerned prepared married crowded related fucked"
)
