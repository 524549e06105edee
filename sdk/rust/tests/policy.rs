//! Policies as authors write them, run as hosts run them.

use attain_sdk::native::{bind, describe, evaluate, explain};
use attain_sdk::{Batch, Context, NO_VALUE, TextColumn};

mod each {
    use attain_sdk::prelude::*;

    #[derive(Parameters)]
    struct Terms {
        /// The share that is paid.
        rate: Ratio<6>,
        /// Whether a bonus is read.
        #[parameter(default = false)]
        bonus: bool,
    }

    impl Terms {
        fn bonus(&self) -> Need {
            Need::if_so(self.bonus)
        }
    }

    #[derive(Labels, Clone, Copy)]
    enum Size {
        /// small
        #[zh("小")]
        Small,
        /// large
        #[zh("大")]
        Large,
    }

    #[derive(Inputs)]
    #[inputs(plan = Terms)]
    struct Row<'a> {
        credit: Money,
        region: Option<&'a str>,
        #[input(when = Terms::bonus)]
        bonus: Option<Money>,
    }

    #[derive(Outputs)]
    struct Earned {
        #[output(pay)]
        pay: Money,
        #[output(info)]
        size: Option<Size>,
    }

    #[derive(Rules)]
    enum Step {
        /// {credit} at {rate}: {pay}
        #[zh("{credit} 按 {rate}:{pay}")]
        Rate { credit: Money, rate: Ratio<6>, pay: Money },
        /// a bonus of {bonus}
        Bonus { bonus: Money },
        /// rounding: {change}
        Rounding { change: Money },
    }

    #[policy(each, rules = Step, zh = "测试")]
    fn rule(terms: &Terms, row: Row<'_>, why: &mut impl Why) -> Result<Earned> {
        let mut pay = row.credit * terms.rate;
        why.adds(Earned::PAY, pay, |pay| Step::Rate { credit: row.credit, rate: terms.rate, pay });
        if row.region == Some("nowhere") {
            return Err(Failure::new("no-such-region", "nowhere is no region"));
        }
        if let Some(bonus) = row.bonus {
            pay += bonus;
            why.adds(Earned::PAY, bonus, |bonus| Step::Bonus { bonus });
        }
        let pay = pay.round(Round::HalfUp);
        why.settles(Earned::PAY, pay, |change| Step::Rounding { change });
        let size = match row.region {
            Some("big") => Some(Size::Large),
            Some(_) => Some(Size::Small),
            None => None,
        };
        Ok(Earned { pay, size })
    }
}

mod by_team {
    use attain_sdk::prelude::*;

    #[derive(Parameters)]
    struct Terms {}

    #[derive(Inputs)]
    struct Member<'a> {
        team: &'a str,
        amount: Money,
    }

    #[derive(Outputs, Default, Clone)]
    struct Share {
        #[output(info)]
        rank: Count,
    }

    #[derive(Outputs)]
    #[outputs(per = "group")]
    struct Team {
        #[output(info)]
        total: Money,
    }

    #[derive(Rules)]
    enum Step {
        /// {place} in the team
        Place { place: Count },
    }

    #[policy(by = "team", rules = Step, order = "-amount", table = "deals")]
    fn rule(_: &Terms, members: &[Member<'_>], shares: &mut [Share], why: &mut impl Why) -> Result<Team> {
        for (i, share) in shares.iter_mut().enumerate() {
            share.rank = Count::from_units(i as i64 + 1);
            why.of(i).notes(|| Step::Place { place: share.rank });
        }
        if let Some(i) = members.iter().position(|member| member.team == "bad" && member.amount < Money::ZERO)
        {
            return Err(Failure::new("bad", "a bad member").in_row(i));
        }
        Ok(Team { total: members.iter().map(|member| member.amount).sum() })
    }
}

mod named {
    use attain_sdk::prelude::*;

    #[derive(Parameters)]
    struct Terms {
        /// What each award is worth, and who has it, by a column of names.
        awards: BTreeMap<String, Award>,
        #[parameter(default = "info")]
        role: Role,
    }

    #[derive(Parameters)]
    struct Award {
        region: String,
        worth: Money,
    }

    impl Terms {
        fn inputs(&self) -> Vec<Input> {
            let input = |name: String, kind, need| Input { name, kind, need, doc: String::new() };
            let of = |name: &String| {
                [
                    input(format!("{name}_region"), Kind::new(Unit::Text, 0), Need::Required),
                    input(format!("{name}_days"), Kind::new(Unit::Days, 1), Need::Optional),
                ]
            };
            self.awards.keys().flat_map(of).collect()
        }

        fn outputs(&self) -> Vec<Output> {
            let of = |name: &String| Output::new(name, Kind::MONEY, self.role, "An award.");
            self.awards.keys().map(of).collect()
        }

        fn sentences(&self) -> Vec<RuleText> {
            let of = |(name, award): (&String, &Award)| RuleText {
                code: format!("award-{name}").into(),
                places: vec![Place {
                    name: "worth".into(),
                    kind: Kind::MONEY,
                    like: Some(name.clone().into()),
                    labels: Vec::new(),
                }],
                text: vec![("en".into(), format!("the {name} of the {}: {{worth}}", award.region).into())],
            };
            self.awards.iter().map(of).collect()
        }
    }

    #[derive(Inputs)]
    #[inputs(plan = Terms)]
    struct Row<'a> {
        #[input(each = Terms::inputs)]
        cells: Cells<'a>,
        base: Money,
    }

    #[derive(Outputs)]
    #[outputs(plan = Terms)]
    struct Given {
        #[output(pay)]
        base: Money,
        #[output(each = Terms::outputs)]
        awards: Several<2>,
    }

    #[derive(Rules)]
    enum Step {
        /// a base of {base}
        Base { base: Money },
        /// One of those that the parameters made.
        Award(Sentence),
    }

    #[policy(each, rules = Step, sentences = Terms::sentences)]
    fn rule(terms: &Terms, row: Row<'_>, why: &mut impl Why) -> Result<Given> {
        why.adds(Given::BASE, row.base, |base| Step::Base { base });
        let mut awards = Several::NONE;
        for (i, award) in terms.awards.values().enumerate() {
            if row.cells.text(i) == Some(&award.region) && row.cells.get(i).is_some() {
                let worth = Amount::from_units(award.worth.units());
                awards.set(i, worth);
                why.adds(Given::AWARDS.at(i), worth, |worth| {
                    Step::Award(Sentence { sentence: i, values: vec![worth.units()] })
                });
            }
        }
        Ok(Given { base: row.base, awards })
    }
}

fn month() -> Context {
    Context {
        period_kind: "month".to_owned(),
        first_day: 20_089,
        last_day: 20_119,
        year_first_day: 20_089,
        year_last_day: 20_453,
        money_decimals: 2,
    }
}

fn texts(rows: &[Option<&str>]) -> TextColumn {
    let mut dictionary: Vec<String> = rows.iter().flatten().map(|text| (*text).to_owned()).collect();
    dictionary.sort();
    dictionary.dedup();
    let code = |text: &Option<&str>| {
        let place = dictionary.iter().position(|known| Some(known.as_str()) == *text);
        place.map_or(u32::MAX, |place| place as u32)
    };
    TextColumn { codes: rows.iter().map(code).collect(), dictionary }
}

fn each_batch(credits: &[i64], regions: &[Option<&str>]) -> Batch {
    Batch {
        rows: credits.len() as u32,
        numbers: vec![credits.to_vec()],
        texts: vec![texts(regions)],
        group_ends: Vec::new(),
    }
}

const TERMS: &str = r#"{"rate": "0.333"}"#;

#[test]
fn a_row_is_paid_and_explained_by_the_same_rule() {
    let batch = each_batch(&[1_001, 0], &[Some("big"), None]);
    let outputs = evaluate::<each::Policy>(TERMS, &month(), &batch).unwrap();
    assert_eq!(outputs, [vec![333, 0], vec![1, NO_VALUE]]);
    let told = explain::<each::Policy>(TERMS, &month(), &batch, &[1, 0, 1]).unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!(told[0], told[2]);
    assert_eq!((told[1][0].rule, told[1][0].values.as_slice()), (0, [1_001, 333_000, 333].as_slice()));
    assert_eq!(told[1][0].adds_to, Some((0, 333)));
}

#[test]
fn the_steps_of_a_row_add_up_to_what_it_is_paid() {
    let terms = r#"{"rate": "0.333", "bonus": true}"#;
    let mut batch = each_batch(&[500, 500], &[None, None]);
    batch.numbers.push(vec![NO_VALUE, 7]);
    // 166.5 and 173.5 cents, so 167 and 174: rounded once, and so is the first step.
    assert_eq!(evaluate::<each::Policy>(terms, &month(), &batch).unwrap()[0], [167, 174]);
    let told = explain::<each::Policy>(terms, &month(), &batch, &[1]).unwrap();
    let added: Vec<i64> = told[0].iter().filter_map(|step| step.adds_to).map(|(_, amount)| amount).collect();
    assert_eq!(added, [167, 7]);
}

#[test]
fn an_input_that_the_parameters_do_not_use_is_not_declared() {
    let without = bind::<each::Policy>(TERMS, &month()).unwrap();
    let with = bind::<each::Policy>(r#"{"rate": "0", "bonus": true}"#, &month()).unwrap();
    assert!(!without.contains("bonus"), "{without}");
    assert!(with.contains(r#""name":"bonus","unit":"money","decimals":2,"required":true"#), "{with}");
}

#[test]
fn an_optional_input_that_nothing_is_bound_to_reads_as_none() {
    let mut batch = each_batch(&[100, 200], &[]);
    batch.texts[0].dictionary.clear();
    assert_eq!(evaluate::<each::Policy>(TERMS, &month(), &batch).unwrap()[1], [NO_VALUE, NO_VALUE]);
}

#[test]
fn the_lowest_row_that_fails_is_named() {
    let fails = |batch: &Batch| evaluate::<each::Policy>(TERMS, &month(), batch).unwrap_err();
    let missing = fails(&each_batch(&[1, NO_VALUE, NO_VALUE], &[None, None, None]));
    assert_eq!((missing.code.as_str(), missing.row), ("missing-value", Some(1)));
    assert!(missing.message.contains("`credit`"), "{}", missing.message);
    let refused = fails(&each_batch(&[1, 1, NO_VALUE], &[None, Some("nowhere"), None]));
    assert_eq!((refused.code.as_str(), refused.row), ("no-such-region", Some(1)));
    let huge = r#"{"rate": "9000000"}"#;
    let overflow =
        evaluate::<each::Policy>(huge, &month(), &each_batch(&[1, i64::MAX], &[None, None])).unwrap_err();
    assert_eq!((overflow.code.as_str(), overflow.row), ("overflow", Some(1)));
    // The mark is gone with the failure.
    assert!(evaluate::<each::Policy>(huge, &month(), &each_batch(&[1], &[None])).is_ok());
    // It is gone as well where the row was refused for something else before anybody looked.
    let both = explain::<each::Policy>(huge, &month(), &each_batch(&[i64::MAX], &[Some("nowhere")]), &[0]);
    assert_eq!(both.unwrap_err().code, "no-such-region");
    assert!(evaluate::<each::Policy>(huge, &month(), &each_batch(&[1], &[None])).is_ok());
}

#[test]
fn a_batch_of_another_shape_is_refused() {
    let code = |batch: &Batch| evaluate::<each::Policy>(TERMS, &month(), batch).unwrap_err().code;
    let good = each_batch(&[1, 2], &[None, None]);
    assert_eq!(code(&Batch { numbers: vec![vec![1]], ..good.clone() }), "batch");
    assert_eq!(code(&Batch { numbers: vec![], ..good.clone() }), "batch");
    assert_eq!(code(&Batch { numbers: vec![vec![1, 2], vec![1, 2]], ..good.clone() }), "batch");
    assert_eq!(code(&Batch { texts: vec![], ..good.clone() }), "batch");
    let asked = explain::<each::Policy>(TERMS, &month(), &good, &[2]).unwrap_err();
    assert_eq!(asked.message, "row 2 was asked for, the batch has 2");
}

const AWARDS: &str = r#"{"role": "award", "awards": {
    "opener": {"region": "East", "worth": "5"}, "closer": {"region": "West", "worth": "7.50"}}}"#;

#[test]
fn outputs_that_parameters_name_come_after_the_fixed_ones() {
    let binding = bind::<named::Policy>(AWARDS, &month()).unwrap();
    let place = |part: &str| binding.find(part).unwrap_or_else(|| panic!("{part}\n{binding}"));
    let base = place(r#"{"name":"base","unit":"money","decimals":2,"kind":"pay","doc":""}"#);
    let closer = place(r#"{"name":"closer","unit":"money","decimals":2,"kind":"award","doc":"An award."}"#);
    let opener = place(r#"{"name":"opener""#);
    assert!(base < closer && closer < opener, "{binding}");

    let batch = Batch {
        rows: 2,
        // Of the closer, of the opener, and the base, which is declared after them.
        numbers: vec![vec![10, NO_VALUE], vec![10, 20], vec![1_000, 2_000]],
        texts: vec![texts(&[Some("West"), Some("West")]), texts(&[None, Some("East")])],
        group_ends: Vec::new(),
    };
    let outputs = evaluate::<named::Policy>(AWARDS, &month(), &batch).unwrap();
    assert_eq!(outputs, [vec![1_000, 2_000], vec![750, NO_VALUE], vec![NO_VALUE, 500]]);
    let told = explain::<named::Policy>(AWARDS, &month(), &batch, &[1]).unwrap();
    assert_eq!(
        told[0].iter().map(|step| step.adds_to).collect::<Vec<_>>(),
        [Some((0, 2_000)), Some((2, 500))]
    );
}

#[test]
fn a_sentence_that_parameters_make_is_in_the_binding_after_the_policys_own() {
    let manifest = describe::<named::Policy>();
    assert!(manifest.contains(r#""rules":[{"code":"base","#), "{manifest}");
    assert!(!manifest.contains("award-"), "{manifest}");
    let binding = bind::<named::Policy>(AWARDS, &month()).unwrap();
    for part in [
        r#""rules":[{"code":"award-closer","places":[{"name":"worth","unit":"money","like":"closer"}],"#,
        r#""text":{"en":"the closer of the West: {worth}"}},{"code":"award-opener","#,
    ] {
        assert!(binding.contains(part), "{part}\n{binding}");
    }
    let batch = Batch {
        rows: 1,
        numbers: vec![vec![NO_VALUE], vec![20], vec![2_000]],
        texts: vec![texts(&[None]), texts(&[Some("East")])],
        group_ends: Vec::new(),
    };
    let told = explain::<named::Policy>(AWARDS, &month(), &batch, &[0]).unwrap();
    let steps: Vec<_> = told[0].iter().map(|step| (step.rule, step.values[0])).collect();
    assert_eq!(steps, [(0, 2_000), (2, 500)]);
}

#[test]
fn parameters_that_name_more_outputs_than_there_is_room_for_are_refused() {
    let award = r#"{"region": "East", "worth": "5"}"#;
    let three = format!(r#"{{"awards": {{"a": {award}, "b": {award}, "c": {award}}}}}"#);
    let refused = bind::<named::Policy>(&three, &month()).unwrap_err();
    assert_eq!(refused[0].code, "too-many-outputs");
    assert_eq!(refused[0].message, "these parameters make 4 outputs, at most 3 are allowed; name fewer");
    let none = bind::<named::Policy>(r#"{"awards": {}, "role": "awards"}"#, &month()).unwrap_err();
    assert!(none[0].message.contains("did you mean `award`?"), "{}", none[0].message);
}

fn teams(teams: &[&str], amounts: &[i64], ends: &[u32]) -> Batch {
    Batch {
        rows: amounts.len() as u32,
        numbers: vec![amounts.to_vec()],
        texts: vec![texts(&teams.iter().map(|team| Some(*team)).collect::<Vec<_>>())],
        group_ends: ends.to_vec(),
    }
}

#[test]
fn a_group_gives_values_a_row_and_a_group() {
    let batch = teams(&["a", "a", "b"], &[5, 6, 7], &[2, 3]);
    assert_eq!(evaluate::<by_team::Policy>("{}", &month(), &batch).unwrap(), [vec![1, 2, 1], vec![11, 7]]);
    let told = explain::<by_team::Policy>("{}", &month(), &batch, &[2, 1]).unwrap();
    assert_eq!(told.iter().map(|steps| steps[0].values[0]).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_failure_in_a_group_names_the_row_of_the_batch() {
    let batch = teams(&["a", "bad", "bad"], &[1, 1, -1], &[1, 3]);
    assert_eq!(evaluate::<by_team::Policy>("{}", &month(), &batch).unwrap_err().row, Some(2));
    let batch = teams(&["a", "b", "b"], &[1, i64::MAX, i64::MAX], &[1, 3]);
    let overflow = evaluate::<by_team::Policy>("{}", &month(), &batch).unwrap_err();
    assert_eq!((overflow.code.as_str(), overflow.row), ("overflow", Some(1)));
}

#[test]
fn groups_that_do_not_fill_the_batch_are_refused() {
    for ends in [&[][..], &[1], &[2, 2], &[3, 2], &[4]] {
        let failure = evaluate::<by_team::Policy>("{}", &month(), &teams(&["a", "a", "a"], &[1, 1, 1], ends));
        assert_eq!(failure.unwrap_err().code, "batch", "{ends:?}");
    }
    assert_eq!(
        evaluate::<by_team::Policy>("{}", &month(), &teams(&[], &[], &[])).unwrap(),
        [vec![], vec![]] as [Vec<i64>; 2]
    );
}

#[test]
fn a_manifest_says_what_the_types_say() {
    let manifest = describe::<each::Policy>();
    for part in [
        r#""contract":"attain:policy@1.0.0","name":"attain-sdk","version":"0.1.0""#,
        r#""summary":{"en":"What a policy author writes against.","zh":"测试"},"table":"people""#,
        r#""code":"rate","places":[{"name":"credit","unit":"money"},{"name":"rate","unit":"ratio","decimals":6}"#,
        r#""text":{"en":"{credit} at {rate}: {pay}","zh":"{credit} 按 {rate}:{pay}"}"#,
    ] {
        assert!(manifest.contains(part), "{part}\n{manifest}");
    }
    let binding = bind::<each::Policy>(TERMS, &month()).unwrap();
    assert!(binding.contains(r#""labels":[{"en":"small","zh":"小"},{"en":"large","zh":"大"}]"#), "{binding}");
    assert!(binding.contains(r#""grouping":"each""#), "{binding}");
    let binding = bind::<by_team::Policy>("{}", &month()).unwrap();
    assert!(binding.contains(r#""grouping":{"by":["team"]}"#), "{binding}");
    assert!(binding.contains(r#""order":[{"input":"amount","descending":true}]"#), "{binding}");
    assert!(binding.contains(r#""per":"group""#), "{binding}");
    assert!(describe::<by_team::Policy>().contains(r#""table":"deals""#));
}

#[test]
fn money_has_the_decimals_of_the_currency() {
    let yen = Context { money_decimals: 0, ..month() };
    let binding = bind::<each::Policy>(TERMS, &yen).unwrap();
    assert!(binding.contains(r#""name":"credit","unit":"money","decimals":0"#), "{binding}");
}
