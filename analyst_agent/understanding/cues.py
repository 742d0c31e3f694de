"""The closed classes of English that give a question its shape: who asks for a split, a rank, a comparison, a norm. Stems where inflected."""

from __future__ import annotations

from analyst_agent.understanding.words import stem, word_set


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in text.split())


BY = word_set("by per across each every among amongst between wise")
WHICH = word_set("which what whose whichever")
DETERMINERS = word_set(
    "the a an our your their my his her its this that these those any all both some such same other various different"
)
PREPOSITIONS = word_set(
    "for in from of by with among on at about within per across under over through via into to only just around regarding"
) | word_set(
    "concerning involving affecting during between inside outside like called named labelled labeled marked tagged"
)
NEGATIONS = word_set(
    "neither nor not no without excluding except exclude excludes excluded ignoring ignore minus non besides outside removing remove sans"
)
NEGATION_PAIRS = frozenset({("other", "than"), ("apart", "from"), ("aside", "from"), ("but", "not"), ("leave", "out"), ("leaving", "out"), ("rather", "than")})  # fmt: skip

HIGH = word_set("highest most top largest biggest max maximum longest greatest slowest peak busiest costliest priciest")
LOW = word_set("lowest least fewest smallest min minimum shortest fastest quickest bottom cheapest quietest")
BAD = word_set("worst bad badly poorest weakest problematic troublesome")
GOOD = word_set("best strongest healthiest")
RANKED = HIGH | LOW | BAD | GOOD | word_set("rank ranked ranking top")

RATE = _stems("rate likely likelihood often probability chance prone frequency frequently propensity") | {
    "rate",
    "percent",
}
COUNT = frozenset({"count", "volume", "total"})
MORE = word_set(
    "more less fewer higher lower greater worse better likelier oftener above below disproportionately unusually"
)
COMPARE = _stems(
    "compare comparison versus vs differ difference different against contrast stack comparing relative compared vary varies varied variation deviate uneven"
) | word_set("vs v than")
CHANGE = _stems("rise rose risen rising fall fell fallen falling increase decrease grow grew growing drop dropped spike spiked jump jumped surge surged") | _stems(
    "decline improve improving worsen worsened change changed changing climb climbed trend trending shrink develop development evolve evolved better worse moved move"
)  # fmt: skip
CAUSE = _stems("cause caused causes drive drove driven driver drivers driving reason reasons why explain explanation behind root underlying culprit") | _stems(
    "contributor contributing factor factors pattern patterns systemic recurring responsible trigger triggered triggering source sources theme themes"
)  # fmt: skip
TREND = _stems("trend trending trends history evolution timeline")
LIST = word_set("show list give display see print export fetch pull open view")
PREDICT = _stems("forecast predict prediction projection project projected expect expected anticipate tomorrow")

MODAL = word_set("must should shall ought allowed required supposed obliged permitted mandatory may entitled eligible")
DOCUMENT = _stems("policy policies procedure procedures rule rules guideline guidelines guidance playbook runbook handbook manual sop workaround workarounds") | _stems(
    "documented documentation document documents article articles wiki faq instructions agreement contractual obligation"
)  # fmt: skip
SAYING = _stems(
    "say says said state states stated require requires mention mentions cover covers tell tells describe describes prescribe recommend allow allows"
)
MEAN = _stems(
    "mean meaning means define defined definition definitions calculated calculate computed compute measured measure formula calculation stand"
)

PRONOUNS = word_set("they them their those these it its that this he she there ones one")
CONNECTIVES = word_set(
    "and also but now then plus or so only just again instead what how same why without excluding except not ok okay alright good great fine"
)
TOO = word_set("too also well additionally plus add adding include including")
RESET = word_set(
    "all overall total everyone everything everybody entire whole altogether general unfiltered regardless together"
)

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "fifteen": 15, "twenty": 20, "fifty": 50, "hundred": 100, "once": 1, "twice": 2, "zero": 0,
}  # fmt: skip

ACTIONS = word_set(
    "delete remove send email mail forward change update edit modify close reopen assign reassign create add insert set reset cancel merge "
    "approve refund escalate deescalate notify call post publish share install run execute drop truncate overwrite rename upload grant revoke "
    "resolve reply respond message schedule book buy transfer move write mark inform text phone ring ping dm"
)
POLITE = word_set(
    "please can could would you will i we want need like to kindly just hey hi hello ok okay then now and also go ahead let me us d ll immediately pls plz u"
)

# Words that carry no condition of their own: an unmatched word outside this list and outside the rest of this module is a word not understood.
GENERIC = word_set(
    """
    a about above according across actual actually add after again against ago ahead all almost along already also alright although always am amid
    among amongst amount an analyse analyses analysis analytics analyze and another answer any nobody affect affects affected effect effects influence influences correlate correlates depend depends anybody anyone anything anyway apart appear appeared
    appears approximately are area around as ask asked asking at available away b back bad badly base based basically basis be became because become been
    before began begin being believe below best better between beyond big bigger biggest bit board boss both break breakdown breakdowns breaking briefly
    bring broken brought but by call called calls calculate came can cannot card chance check checking clear clearly close closely come comes coming
    common commonly company compare compared comparing comparison complete concern concerned concerning concerns consider considering contact contain
    continue could count counted counting course curious current currently cut d daily dashboard data date day days deal dear deck decrease deep deeper
    deeply detail detailed details did differ difference differences different differently digest display distribute distributed distribution do does
    doing done down drill due during each earlier easily easy either else end ended ends enough entire especially estimate estimated etc even event ever every
    everybody everyone everything exact exactly example examine except expect experience explain explore extent face faced facing fact far fast fewer
    figure figures fill final finally find fine first fix fixed focus follow following for found frequent frequently friend from full fully further future
    g gave general generally get gets getting give given gives giving glance go goes going gone good got gotten great group grouped guess guys had
    half hand handful handle handled happen happened happening happens happy hard has have having he head heads hear hello help helpful her here hey hi high
    higher highest highlight him his hold hot how however huge i idea identify if illustrate impact impacted important in include included includes including
    increase indeed individual info pair pairs inform information insight insights inside instance instead interested interesting into involve involved involving
    is isn it its itself just keep keeps kind kindly kinds know known l large larger largest last late lately later latest leader leadership leading least leave
    left less let level lets like likely line list listed listing little ll long longer look looked looking looks lot lots low lower lowest m made main mainly major make
    makes making management many matter matters may maybe me mean means meant meeting mention met might mind mine moment month monthly more moreover most
    mostly move much my name named names namely near nearly necessarily need needed needs never next nice no none nor normal normally not note nothing now
    number numbers numeric o obviously occur occurred occurring of off often oh ok okay old on once one ones only onto open opened or order other others
    otherwise our ours out outcome outcomes outlier outliers over overall overview own page part particular particularly parts past peak people per perform
    performance performed performing performs perhaps period person perspective picture piece place plain please plot point points poor poorly possible
    possibly present presentation presenting pretty previous previously prior probably problem problems problematic proper properly provide pull purpose put quarter quarterly
    question questions quick quickly quite r raise raised raising ran range rank ranked ranking rather re real really receive received recent recently record
    recorded records regard regarding regards relate related relation relative relatively relevant remain remaining report reported reporting
    reports represent respect respectively rest result resulted resulting results review right roughly round row run running s said same saw say says
    see seeing seem seemed seems seen separate separately set several shape share sheet short should show showed showing shown shows side significant
    significantly similar simple simply since single situation size slide slides slight slightly slow slower small smaller so some somebody somehow
    someone something somewhat soon sorry sort sorted split splits spread standing start started state statistics stats status still stood stop straight strong
    struggle struggling stuff such suddenly suffer suffered suffering sum summarise summarize summary supposed sure t table take taken takes taking talk tell
    tells tend term terms than thank thanks that the their theirs them themselves then there these they thing things think this those though thought through
    throughout thus till time times to today together told too took total totals toward towards track trend tried trouble troubles true truly try trying turn
    turned two type types under understand unit until up upon us use used useful user users using usual usually value values various ve vs versus very via view
    visible vs want wanted wants was watch way ways we week weekly well went were what whatever when whenever where whereas wherever whether which while who whole
    whom whose why wide will wise wish with within without wonder wondering word words work worked working worry worried worrying worse worst worth would write x year
    yearly years yes yet you your yours yourself
    analyst exec executive executives ceo cto coo vp director brief briefing snapshot headline headlines support helpdesk desk service org organisation organization
    customer customers client clients ticket tickets agent agents escalation escalations escalate escalated escalating case cases rate rates percentage
    log logged file filed submit submitted raised handled touched landed arrive arrived arriving incoming inbound generate generated account accounts accounted
    contribute contributed contributing attribute attributed attributable belong belonging originate originated originating stem stemming owing share hit hitting hurt hurting
    versus against minutes minute hours hour dollars dollar euros euro usd eur per
    thru rn w n ppl pls plz bc cos cuz u ur imo btw fyi asap gimme wanna gonna kinda sorta lemme
    noise random coincidence typical median percentile weekday weekdays neither nor
    ki kis noticeably notably considerably substantially markedly consistently typically usually proportionally statistically meaningfully systematically honestly seriously
    spotted observed noticing notice noticed stack stacked practice reality ups downs swing swings level levels
    """
) | frozenset(NUMBER_WORDS)

OFFICE = (
    BY
    | WHICH
    | DETERMINERS
    | PREPOSITIONS
    | NEGATIONS
    | RANKED
    | MORE
    | MODAL
    | PRONOUNS
    | CONNECTIVES
    | TOO
    | RESET
    | LIST
    | POLITE
)
UNDERSTOOD_STEMS = RATE | COUNT | COMPARE | CHANGE | CAUSE | TREND | PREDICT | DOCUMENT | SAYING | MEAN


def is_generic(word: str) -> bool:
    """Whether a word shapes a question without naming anything in it."""
    return word in GENERIC or word in OFFICE or stem(word) in UNDERSTOOD_STEMS or len(word) == 1


def only_shapes(word: str) -> bool:
    """Whether a word counts as everyday only because it may shape a question ("policy", "pattern"), and can name something else."""
    return word not in GENERIC and word not in OFFICE
