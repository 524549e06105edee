#!/usr/bin/env python3
"""Writes the data sets of the plans in this folder: policies/plans/<plan>/data/<period>/<table>.csv.

    python3 generate.py           writes them beside this file
    python3 generate.py FOLDER    writes them below FOLDER, in the same folders

The same bytes each time and on every machine: chance comes from a generator of its own with a seed a plan, amounts
are whole cents, and nothing is read but this file. The companies and people are made up.

Each company has, by design: newcomers in the middle of the time, somebody who leaves, somebody who leaves and comes
back, somebody who changes teams in the middle of a month (two rows), returns or lost customers, and cells without a
value. A row's `from` and `to` are there only where the assignment begins or ends inside the period.
"""

import sys
from datetime import date, timedelta
from pathlib import Path


class Dice:
    """A seeded generator (SplitMix64), so that no version of Python changes a byte."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def between(self, least, most):
        """A whole number; both ends belong."""
        return least + self.next() % (most - least + 1)

    def bell(self, least, most):
        """The mean of three: the middle is likelier than the ends."""
        return sum(self.between(least, most) for _ in range(3)) // 3

    def chance(self, percent):
        return self.next() % 100 < percent

    def pick(self, items):
        return items[self.next() % len(items)]

    def day(self, first, last):
        return first + timedelta(self.between(0, (last - first).days))


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = ["伟", "芳", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "晓燕", "志强", "海霞", "建国", "雨桐",
         "子涵", "思远", "佳宁", "文博", "立新", "秋月", "俊峰"]
FIRST = ["Ana", "Ben", "Chloe", "David", "Ewa", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mark",
         "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sam", "Tara"]
LAST = ["Ruiz", "Okafor", "Martin", "Nowak", "Haddad", "Silva", "Berg", "Mensah", "Novak", "Iyer", "Costa", "Lind",
        "Walker", "Fischer", "Tan"]


def names(dice, n, chinese):
    """So many different names, `chinese` per cent of them Chinese."""
    found = []
    while len(found) < n:
        name = dice.pick(SURNAMES) + dice.pick(GIVEN) if dice.chance(chinese) else f"{dice.pick(FIRST)} {dice.pick(LAST)}"
        if name not in found:
            found.append(name)
    return found


def money(cents):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def decimal(value, decimals):
    """A whole number of units of the last decimal as a decimal number."""
    scale = 10 ** decimals
    return f"{'-' if value < 0 else ''}{abs(value) // scale}.{abs(value) % scale:0{decimals}}"


class Period:
    def __init__(self, name, first, last):
        self.name, self.first, self.last = name, first, last

    @property
    def days(self):
        return (self.last - self.first).days + 1


MONTHS = [Period("2026-01", date(2026, 1, 1), date(2026, 1, 31)),
          Period("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
          Period("2026-03", date(2026, 3, 1), date(2026, 3, 31))]
QUARTERS = [Period("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
            Period("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))]


class Person:
    """`spans` says where somebody is from when to when: (team, first day or None, last day or None)."""

    def __init__(self, code, name, team, role, hired):
        self.code, self.name, self.role, self.hired = code, name, role, hired
        self.spans = [(team, None, None)]
        self.skill = 100

    def rows(self, period):
        """The assignments of a period: (team, from, to, the days there)."""
        found = []
        for team, first, last in self.spans:
            start, end = max(first or period.first, period.first), min(last or period.last, period.last)
            if start <= end:
                shown = (start if first and first >= period.first else "", end if last and last <= period.last else "")
                found.append((team, *shown, (end - start).days + 1, start, end))
        return found


def staff(dice, prefix, teams, size, roles, chinese, events):
    """A lead a team and `size` others in each; `events` are the people to whom something happens, by place."""
    people = []
    every = names(dice, len(teams) * (size + 1), chinese)
    for i, team in enumerate(teams):
        for j in range(size + 1):
            place = len(people)
            role = "lead" if j == 0 else roles[(j - 1) % len(roles)]
            hired = dice.day(date(2017, 1, 1), date(2025, 3, 31))
            person = Person(f"{prefix}{place + 1:03}", every[place], team, role, hired)
            person.skill = dice.bell(55, 150)
            people.append(person)
    for place, what, days in events:
        person = people[place]
        team = person.spans[0][0]
        if what == "newcomer":
            person.hired = days[0]
            person.spans = [(team, days[0], None)]
        elif what == "leaver":
            person.spans = [(team, None, days[0])]
        elif what == "rehire":
            person.spans = [(team, None, days[0]), (team, days[1], None)]
        elif what == "changer":
            other = teams[(teams.index(team) + 1) % len(teams)]
            person.spans = [(team, None, days[0] - timedelta(1)), (other, days[0], None)]
        elif what == "young":
            person.hired = days[0]
    return people


def leads(people):
    return {person.spans[0][0]: person.code for person in people if person.role == "lead"}


def write(folder, plan, period, table, header, rows):
    path = folder / plan / "data" / period.name / f"{table}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header] + [",".join(str(cell) for cell in row) for row in rows]
    path.write_bytes(("\n".join(lines) + "\n").encode())


# Customers' names, for tables that have them.
SHOPS = ["永辉", "联华", "大润发", "华润", "物美", "家家悦", "FreshMart", "CityShop", "Harbour", "GreenGrocer"]
HOSPITALS = ["仁和", "协安", "同济东", "华山南", "瑞民", "安贞西", "Mercy", "St Anne", "Riverside", "Northgate"]


def consumer_goods(folder):
    plan, dice = "consumer-goods-field-force", Dice(20260101)
    teams = ["East", "South", "North", "West"]
    events = [(3, "newcomer", [date(2026, 2, 2)]), (14, "newcomer", [date(2026, 1, 12)]),
              (7, "leaver", [date(2026, 2, 13)]), (18, "rehire", [date(2026, 1, 16), date(2026, 3, 2)]),
              (24, "changer", [date(2026, 2, 16)]), (33, "newcomer", [date(2026, 3, 9)])]
    people = staff(dice, "F", teams, 9, ["rep", "rep", "key-account"], 75, events)
    lead_of = leads(people)
    number = 0
    for period in MONTHS:
        rows, targets, deals, returns = [], [], [], []
        for person in people:
            target = (26_000_000 if person.role == "key-account" else 15_000_000) + dice.between(-8, 8) * 250_000
            there = person.rows(period)
            if there and person.role != "lead":
                targets.append((person.code, "revenue", money(target)))
            for team, first, last, days, start, end in there:
                if person.role == "lead":
                    rows.append((person.code, person.name, team, "lead", "", person.hired, first, last) + ("",) * 9)
                    continue
                share = days * 1000 // period.days
                revenue = target * share // 1000 * person.skill * dice.bell(60, 135) // 10_000
                visits_target = 60 * days // period.days
                visits = max(visits_target * dice.bell(70, 140) // 100, 1)
                pitches = visits * dice.bell(15, 50) // 100
                orders = pitches * dice.bell(15, 60) // 100
                weekly = visits * 70 // days
                quality = decimal(dice.bell(550, 980), 1) if not dice.chance(6) else ""
                rows.append((person.code, person.name, team, person.role, lead_of[team], person.hired, first, last,
                             money(revenue), visits, visits_target, pitches, orders, decimal(weekly, 1), quality,
                             dice.between(0, 4), ""))
                for _ in range(4 if days > 20 else 2):
                    number += 1
                    early = dice.chance(45 if person.skill > 90 else 75)
                    stage = "first contact" if early else dice.pick(["sampling", "listing", "shelf space"])
                    since = start - timedelta(dice.between(0, 40))
                    visited = dice.day(start, end) if dice.chance(92) else ""
                    deals.append((f"D{number:04}", person.code, dice.pick(SHOPS) + f" {dice.between(1, 60)}", stage,
                                  since, visited))
                if dice.chance(30):
                    number += 1
                    # Now and then a whole promotion comes back, and more than a month can pay for.
                    amount = (dice.between(90_000, 160_000) if dice.chance(12) else dice.between(8_000, 40_000)) * 100
                    back = amount * dice.pick([5, 10, 20, 30, 100]) // 100
                    returns.append((f"R{number:04}", person.code, money(amount), money(amount * 18 // 1000),
                                    money(back) if not dice.chance(8) else ""))
        rows = [row[:-1] for row in rows]
        write(folder, plan, period, "people",
              "participant,name,team,role,manager,hire_date:date,from:date,to:date,revenue:money:2,visits:count,"
              "target_visits:count,pitches:count,orders:count,visits_a_week:count:1,lead_quality:points:1,"
              "late_records:count", rows)
        write(folder, plan, period, "targets", "participant,metric,target:money:2", targets)
        write(folder, plan, period, "deals",
              "deal,participant,customer,stage,stage_since:date,visited_on:date", deals)
        write(folder, plan, period, "returns",
              "order,participant,amount:money:2,earned:money:2,returned:money:2", returns)


def software(folder):
    plan, dice = "software-with-ramp-and-retention", Dice(20260202)
    teams = ["Enterprise", "Mid-market", "华东", "华南"]
    events = [(2, "young", [date(2025, 11, 3)]), (5, "newcomer", [date(2026, 1, 5)]),
              (13, "young", [date(2025, 9, 15)]), (16, "newcomer", [date(2026, 2, 9)]),
              (21, "leaver", [date(2026, 2, 20)]), (25, "rehire", [date(2026, 1, 23), date(2026, 3, 2)]),
              (29, "changer", [date(2026, 3, 12)]), (33, "newcomer", [date(2026, 3, 2)])]
    people = staff(dice, "S", teams, 8, ["account-executive", "account-executive", "senior"], 50, events)
    lead_of = leads(people)
    customers, number = [], 0
    for person in people:
        if person.role == "lead" or person.hired > date(2025, 6, 30):
            continue
        for _ in range(dice.between(2, 4)):
            number += 1
            customers.append((f"C{number:04}", person, dice.day(date(2023, 6, 1), date(2025, 12, 20)),
                              dice.between(20, 160) * 10_000))
    lost = {}
    for period in MONTHS:
        rows, targets, table = [], [], []
        for person in people:
            if person.role == "lead":
                continue
            there = person.rows(period)
            target = (52_000_000 if person.role == "senior" else 36_000_000) + dice.between(-4, 4) * 500_000
            if there:
                targets.append((person.code, "bookings", money(target)))
            new = (period.last - person.hired).days < 180
            for team, first, last, days, _, _ in there:
                power = person.skill * (55 if new else 100) // 100
                bookings = target * days // period.days * power * dice.bell(35, 165) // 10_000
                satisfaction = decimal(dice.bell(680, 960), 1) if not dice.chance(8) else ""
                renewals = decimal(dice.bell(740, 1000), 3) if not new and not dice.chance(8) else ""
                bonus = 0 if new else 400_000 * days // period.days
                draw = person.hired if new else ""
                rows.append((person.code, person.name, team, person.role, lead_of[team], person.hired, first, last,
                             draw, money(bookings), satisfaction, renewals, dice.bell(0, 5), money(bonus)))
            if there and not new and dice.chance(25):
                number += 1
                customers.append((f"C{number:04}", person, dice.day(period.first, period.last),
                                  dice.between(20, 160) * 10_000))
        for code, person, start, mrr in customers:
            if dice.chance(3):
                lost[code] = True
            if start <= period.last and person.rows(period):
                table.append((code, person.code, start, money(mrr), "false" if code in lost else "true"))
        write(folder, plan, period, "people",
              "participant,name,team,role,manager,hire_date:date,from:date,to:date,draw_start:date,bookings:money:2,"
              "satisfaction:points:1,renewal_rate:ratio:3,referrals:count,target_bonus:money:2", rows)
        write(folder, plan, period, "targets", "participant,metric,target:money:2", targets)
        write(folder, plan, period, "customers",
              "customer,participant,start_date:date,mrr:money:2,retained:flag", table)


def medical(folder):
    plan, dice = "medical-devices", Dice(20260303)
    teams = ["Imaging", "Diagnostics", "Surgical"]
    events = [(5, "newcomer", [date(2026, 2, 2)]), (9, "leaver", [date(2026, 2, 6)]),
              (16, "rehire", [date(2026, 1, 15), date(2026, 3, 3)]), (23, "changer", [date(2026, 2, 11)]),
              (27, "newcomer", [date(2026, 3, 16)])]
    people = staff(dice, "M", teams, 10, ["sales", "sales", "clinical", "service"], 80, events)
    lead_of = leads(people)
    number, open_customers = 0, []
    grade_of = ["3A", "3A", "3B", "2A", "2B", "private"]
    for person in people:
        for _ in range(dice.between(1, 3) if person.role == "sales" else 0):
            number += 1
            open_customers.append((f"H{number:03}", person, dice.pick(HOSPITALS) + dice.pick(["医院", " Hospital"]),
                                   dice.bell(20_000, 1_900_000) * 100))
    projects = [(f"P{i + 1:02}", [p for p in people if p.spans[0][0] == teams[i % 3]][i // 3::2]) for i in range(6)]
    number = 0
    for period in MONTHS:
        rows, deals, customers, members = [], [], [], []
        for person in people:
            there = person.rows(period)
            gone = not there and person.spans[-1][2] is not None and person.spans[-1][2] < period.first
            if gone:
                # Kept on the roster until what was held back is released.
                there = [(person.spans[-1][0], "", "", 0, period.first, period.first)]
            for team, first, last, days, start, end in there:
                left = "true" if gone or (last and person.spans[-1][2] == end) else ""
                rows.append((person.code, person.name, team, person.role, lead_of[team], person.hired, first, last,
                             left))
                if person.role != "sales" or days < 5:
                    continue
                for _ in range(dice.between(1, 4) if days > 20 else 1):
                    number += 1
                    line = dice.pick(["equipment", "reagents", "reagents", "service"])
                    size = {"equipment": 400_000, "reagents": 90_000, "service": 50_000}[line]
                    revenue = size * dice.bell(30, 180) * person.skill // 100
                    first_contract = line != "service" and dice.chance(18)
                    grade = dice.pick(grade_of) if not dice.chance(6) else ""
                    if dice.chance(6):
                        revenue, first_contract = -revenue // 6, False
                    deals.append((f"K{number:04}", person.code, line, money(revenue),
                                  "true" if first_contract else "false", grade, dice.day(start, end)))
        for code, person, name, value in open_customers:
            if person.rows(period):
                value = value * dice.bell(92, 110) // 100
                complaint = decimal(dice.bell(2, 45), 3) if not dice.chance(8) else ""
                growth = decimal(dice.bell(-150, 380), 3) if not dice.chance(8) else ""
                response = decimal(dice.bell(40, 400), 3)
                customers.append((code, person.code, name, money(value) if not dice.chance(4) else "", complaint,
                                  growth, response))
        for name, team in projects:
            if dice.chance(35):
                continue
            pool = dice.between(60, 240) * 10_000
            there = [person for person in team if person.rows(period)]
            for person in there:
                members.append((name, person.code, person.role, money(pool)))
        write(folder, plan, period, "people",
              "participant,name,team,role,manager,hire_date:date,from:date,to:date,has_left:flag", rows)
        write(folder, plan, period, "deals",
              "deal,participant,line,revenue:money:2,first_contract:flag,customer_grade,close_date:date", deals)
        write(folder, plan, period, "customers",
              "customer,participant,name,value:money:2,complaint_rate:ratio:3,growth:ratio:3,response_rate:ratio:3",
              customers)
        write(folder, plan, period, "projects", "project,participant,role,pool:money:2", members)


def hardware(folder):
    plan, dice = "hardware-to-solutions", Dice(20260404)
    teams = ["华北", "华东", "华南", "西部", "Export"]
    events = [(2, "newcomer", [date(2026, 2, 9)]), (11, "leaver", [date(2026, 5, 15)]),
              (19, "rehire", [date(2026, 1, 31), date(2026, 5, 6)]), (26, "changer", [date(2026, 5, 11)]),
              (33, "newcomer", [date(2026, 4, 13)])]
    people = staff(dice, "H", teams, 8, ["seller", "seller", "senior"], 80, events)
    lead_of = leads(people)
    number = 0
    for i, period in enumerate(QUARTERS):
        rows, targets, deals = [], [], []
        for person in people:
            if person.role == "lead":
                continue
            there = person.rows(period)
            quarter = 90_000_000 + dice.between(-8, 8) * 2_500_000 + (30_000_000 if person.role == "senior" else 0)
            target = sum(row[3] for row in there) * quarter // period.days // 100_000 * 100_000
            if there:
                targets.append((person.code, "revenue", money(target)))
            for team, first, last, days, start, end in there:
                contracts = days * person.skill * dice.bell(0, 9) // (period.days * 100)
                ltv = dice.bell(40, 330) * person.skill * 10_000 if not dice.chance(7) else ""
                influence = decimal(dice.bell(200, 950), 1) if not dice.chance(7) else ""
                mentees = 0 if person.hired > date(2025, 1, 1) else dice.bell(0, 4)
                rows.append((person.code, person.name, team, person.role, lead_of[team], person.hired, first, last,
                             contracts, money(ltv) if ltv else "", influence, mentees))
                goal = quarter * days // period.days * person.skill * dice.bell(70, 150) // 10_000
                closed = sorted(dice.day(start, end) for _ in range(dice.between(3, 6) if days > 45 else 2))
                for day in closed:
                    number += 1
                    line = "solutions" if dice.chance(30 + 15 * i) else "hardware"
                    revenue = goal // len(closed) * dice.bell(50, 150) // 100
                    if dice.chance(5):
                        revenue = -revenue // 4
                    deals.append((f"A{number:04}", person.code, line, money(revenue), day))
        write(folder, plan, period, "people",
              "participant,name,team,role,manager,hire_date:date,from:date,to:date,solution_contracts:count,"
              "customer_ltv:money:2,industry_influence:points:1,mentees:count", rows)
        write(folder, plan, period, "targets", "participant,metric,target:money:2", targets)
        write(folder, plan, period, "deals", "deal,participant,line,revenue:money:2,close_date:date", deals)


def no_quotas(folder):
    plan, dice = "no-individual-quotas", Dice(20260505)
    teams = ["Harbour", "Hillside", "Lakeside", "江南", "滨江"]
    events = [(3, "newcomer", [date(2026, 1, 19)]), (10, "newcomer", [date(2026, 2, 16)]),
              (13, "leaver", [date(2026, 2, 18)]), (20, "rehire", [date(2026, 1, 9), date(2026, 3, 16)]),
              (31, "changer", [date(2026, 3, 11)]), (38, "newcomer", [date(2026, 3, 23)])]
    people = staff(dice, "N", teams, 7, ["seller", "seller", "service", "mentor", "seller", "service", "seller"], 50,
                   events)
    lead_of = leads(people)
    for period in MONTHS:
        rows = []
        figures = {team: (dice.bell(-200_000, 1_100_000) * 100, decimal(dice.bell(700, 950), 1),
                          decimal(dice.bell(2, 30), 3), decimal(dice.bell(250, 620), 3)) for team in teams}
        for person in people:
            for team, first, last, _, _, _ in person.rows(period):
                profit, satisfaction, complaints, repeat = figures[team]
                lead = person.role == "lead"
                function = {"seller": "sales", "mentor": "sales", "lead": "sales", "service": "service"}[person.role]
                coverage = decimal(dice.bell(300, 950), 3) if not dice.chance(9) else ""
                risk = decimal(dice.bell(20, 420), 3) if not dice.chance(9) else ""
                mentees = dice.between(1, 3) if person.role == "mentor" else 0
                rows.append((person.code, person.name, team, person.role, "" if lead else lead_of[team],
                             person.hired, first, last, function, mentees, money(profit) if lead else "",
                             satisfaction if lead else "", complaints if lead else "", repeat if lead else "",
                             coverage, risk))
        write(folder, plan, period, "people",
              "participant,name,team,role,manager,hire_date:date,from:date,to:date,function,mentees:count,"
              "profit:money:2,satisfaction:points:1,complaint_rate:ratio:3,repeat_rate:ratio:3,coverage:ratio:3,"
              "churn_risk:ratio:3", rows)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    for company in [consumer_goods, software, medical, hardware, no_quotas]:
        company(folder)


if __name__ == "__main__":
    main()
