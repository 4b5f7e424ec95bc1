"""What interview questions are about, and the words in which answers speak of it. Plain lists; nothing is learned.

They stand in where no model of meaning is installed: an answer is near a question when it speaks of the question's
topics, or uses its words. ``ABOUT`` names the words of a question that call a topic, ``SPOKEN`` those of answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from greenroom.language.plain_words import phrases


class Topic(NamedTuple):
    called_by: frozenset[tuple[str, ...]]
    spoken: frozenset[tuple[str, ...]]


def _topic(called_by: str, spoken: str) -> Topic:
    return Topic(phrases(called_by), phrases(called_by) | phrases(spoken))


TOPICS: Mapping[str, Topic] = {
    "team": _topic(
        "team, teams, group, together, colleagues, teamwork, work well with, cooperate",
        "colleague, shift, crew, department, meeting, meetings, partner, flatmate, band, club, both,"
        " each other, others, everybody, everyone, nobody, the two of them, one of us, the other, they, members,"
        " staff, lads, deputy, kitchen, side, sides, planners, developers, teachers"),
    "conflict": _topic(
        "conflict, disagree, disagreed, disagreement, argument, quarrel, did not work well, difficult person,"
        " difficult colleague, tension, fell out, get along, get on with, hold you up",
        "argued, argue, quarrel, row, blame, blamed, shouting, shouted, trouble, friction, atmosphere, compromise,"
        " refused, stopped talking, did not talk, not speak, not spoken, behind, complained, annoyed, angry, unfair,"
        " war, lazy, against each other, each other, agreed, mess, messy, did nothing, rolled, sulking, silent,"
        " wrong, strict"),
    "deadline": _topic(
        "deadline, deadlines, too much to do, under pressure, pressure, busy, workload, short of time, time pressure,"
        " in a hurry, at the same time, prioritize, priorities, overloaded, too few people, out of reach",
        "due, until, hours, days, week, weeks, by friday, by monday, exam, exams, overtime, late, night, nights,"
        " first, postponed, on top, date, fixed day, hand in, handed in, finish, finished, ready, time, list, left"
        " out, dropped, sick, alone, at once, urgent, cut, schedule, friday, monday, thursday, tuesday, saturday,"
        " sunday, printer, fair, opens, cancel, cancelled, gave up, extra, midnight, shift, weekend"),
    "mistake": _topic(
        "mistake, mistakes, error, errors, went wrong, got wrong, failure, failed, fail, wrong, fault",
        "forgot, overlooked, mixed up, wrong, swapped, sent, lost, missed, deleted, broke, spilled, double,"
        " apologized, sorry, admitted, told, fixed, corrected, checked, check, noticed, found out, my fault,"
        " embarrassed, ashamed, typo, owned up, confess, report, reported, cover, hide, hid, boss, manager, damage,"
        " repaired, replaced, since then"),
    "customer": _topic(
        "customer, customers, client, clients, guest, patient, patients, complaint, complain, shouts, angry, upset,"
        " parent, parents, passenger, user, users, service, without a receipt",
        "shout, shouting, shouts, shouted, loud, calm, calm down, listen, sorry, apologize, refund, receipt,"
        " replace, exchange, discount, manager, order, voice, complained, relatives, mother, father, he, she, quiet,"
        " angry, friendly, compensate, delivery, counter, the till, a till, my till, desk, fetch, promise,"
        " phone, ring, guests, dad, mom"),
    "colleague": _topic(
        "colleague, coworker, a member of staff, a teammate, another employee",
        "him, her, he, she, them, talk to, private, aside, tell, told, manager, supervisor, boss, report, hide, cover,"
        " honest, chance, together, first, name, shift, lead"),
    "ethics": _topic(
        "serious error, not yet known, dishonest, stealing, steals, cheat, rule, rules, unsafe, policy,"
        " confidential, lie, ethical, secret, law, wrongdoing, notice that, seems too high",
        "report, manager, supervisor, boss, tell, told, hide, cover up, honest, patient, harm, safety, danger,"
        " damage, private, confidential, rule, law, police, form, incident, responsible, quiet, secret, trust,"
        " admit, own up, chance, immediately, at once, stop, before, consequences, write down, document, duty"),
    "motivation": _topic(
        "why would you like, why do you want, what draws you, why this, why you would, why you want, brought you"
        " to, what you like about, why you, why now, profession, motivates, motivation, about yourself, interest"
        " you, apply, applied, what do you enjoy, career, choose, chose, came to, after your degree, attracts, want"
        " to work, what do you like, how did you come to",
        "like, love, enjoy, want, always wanted, dream, interested, interest, because, reason, started, began, since,"
        " training, course, apprenticeship, placement, learn, studied, school, job, work, worked, years, applied, now,"
        " future, passion, people, help, teach, nurse, teacher, proud, satisfying, meaningful, fascinates, grew up,"
        " mother, father, first time"),
    "leadership": _topic(
        "lead, leader, leadership, took the lead, take charge, in charge, delegate, manage people, responsible for"
        " others, supervise, nobody had asked",
        "asked everybody, organized, tasks, who does what, shared out, invited, meeting, decided, gave, told, trained,"
        " showed, volunteers, captain, shift leader, deputy, plan, list, nobody, everyone, others, followed, joined"),
    "learning": _topic(
        "learn, learned, new skill, new to you, quickly, study, taught yourself, training, out of your depth,"
        " your first week, your first day",
        "course, practice, practiced, book, books, video, videos, tutorial, teacher, class, exam, asked, showed me,"
        " tried, every day, every night, notes, wrote, repeat, first week, beginner, mastered, understood, test"),
    "change": _topic(
        "change, changed, changes, adapt, adapted, unexpected, surprise, new situation, uncertain, plan changed",
        "suddenly, switched, instead, new, moved, replaced, different, at first, before, used to, cancelled, short"
        " notice, in the end, overnight, rearranged, rebuilt, old, since then"),
    "persuasion": _topic(
        "persuade, convince, order did it hurt you, changed the mind, change the mind, influence, sell, pitch,"
        " negotiate, get others to agree",
        "agreed, objection, reason, reasons, showed, example, numbers, price, trial, tried, asked what, listened,"
        " no, convinced, offer, contract, budget, bought, doubt, doubts, worried, demonstrated, compromise"),
    "problem": _topic(
        "problem, difficult, fault, bug, hardest, solve, broken, diagnose, debug, find out, cause, repair,"
        " troubleshoot, went down, outage",
        "cause, broken, checked, tested, measured, replaced, fixed, repaired, found, looked, because of, log, logs,"
        " cable, wire, fuse, switch, pump, leak, query, server, crash, error, reproduce, part, parts, tried, worked"
        " again, wrong, reason, compare, compared"),
    "decision": _topic(
        "decision, decisions, decide, design, other ways, alternatives, trade off",
        "decided, option, options, choice, chose, pick, picked, either, instead, compared, against, for and against,"
        " advantage, advantages, drawback, drawbacks, cost, costs, cheaper, simpler, faster, slower, switch, kept,"
        " thrown away, went with, rejected, would have, benchmark, prototype"),
    "quality": _topic(
        "quality, check, checked, accurate, careful, detail, details, standard, safe, safety, hygiene, make sure, test",
        "checked, check, twice, list, measure, measured, test, tested, counted, compared, review, reviewed, second"
        " pair, form, rule, sign, label, gloves, inspect, wrong, right, correct, before, after, document, note, safe"),
    "numbers": _topic(
        "numbers, figures, data, measure, analyze, analysis, evidence, statistic, dashboard, calculate",
        "counted, count, table, spreadsheet, percent, average, chart, graph, sample, query, compared, trend, rows,"
        " columns, month, weeks, figures, measured, difference, more, less, doubled, source, survey"),
    "planning": _topic(
        "plan, planned, planning, organize, organized, event, project, schedule, prepare, prepared, coordinate",
        "list, dates, calendar, weeks, before, booked, invited, budget, tasks, first, then, ordered, bought, rooms,"
        " people, schedule, ready, step, steps, buffer, backup, timetable, hours, delivered, deadline"),
    "feedback": _topic(
        "feedback, criticism, criticized, critique, appraisal, review of your work, told you that",
        "said, told me, pointed out, hurt, defensive, listened, changed, since then, asked, example, wrong, better,"
        " advice, improved, written, practice, right"),
    "initiative": _topic(
        "initiative, improve, improved, idea, your own idea, better way, suggestion, nobody had asked, innovation,"
        " made better, without being asked",
        "suggested, proposed, idea, tried, built, made, wrote, started, asked, saved, faster, easier, template, list,"
        " spreadsheet, form, sign, script, since then, still use, now, instead, manager"),
    "care": _topic(
        "care, help, helped, helping, support, vulnerable, distressed, child, children, pupil, pupils, student,"
        " students, resident, somebody in need",
        "listened, sat, talked, asked, calm, quiet, hand, explained, showed, needed, alone, afraid, scared, cried,"
        " mother, family, waited, slowly, picture, word, words, felt, together, next day, smiled, safe, nurse,"
        " doctor, class"),
    "explain": _topic(
        "explain, explained, teach, taught, present, presentation, audience, in simple words, in plain words, not an"
        " expert, lesson",
        "showed, drew, example, picture, model, understood, question, questions, slowly, words, simple, first,"
        " compare, like a, asked, audience, slides, talk, repeated, step"),
    "strength": _topic(
        "strength, strengths, weakness, weaknesses, proud, proudest, achievement, best at, good at, bring to",
        "good at, proud, because, once, always, people say, told me, learned, built, won, finished, first, best,"
        " hard for me, working on, practice, still, example"),
    "goal": _topic(
        "goal, goals, five years, future, ambition, next step, hope to",
        "want, learn, become, course, qualification, lead, own, years, next, after, start, then, later, finish,"
        " exam, train, master, specialist, responsibility"),
}  # fmt: skip
