//! Quotas that can't be taken.

use super::desk::Desk;

#[track_caller]
fn refuses(desk: &Desk, content: &str, says: &str) {
    desk.attain.write("q1.csv", content);
    desk.refuses(&["target", "import", "q1.csv", "--period", "2017-Q1"], says);
}

#[test]
fn a_target_of_somebody_unknown_is_told_the_nearest() {
    let desk = Desk::with_figures();
    refuses(
        &desk,
        "participant,metric,target:money:2\nAnna,revenue,1.00\nAna,revenue,1.00\nZoltan,revenue,1.00\n",
        "`q1.csv`, row 3, column `participant`: `Ana` is nobody in the figures; did you mean `Anna`?\n\
         `q1.csv`, row 4, column `participant`: `Zoltan` is nobody in the figures; import them with `people` first, or remove the row",
    );
}

#[test]
fn a_metric_that_is_not_known_is_told_the_nearest() {
    let desk = Desk::with_figures();
    refuses(
        &desk,
        "participant,metric,target\nAnna,revenu,1.00\nBo,Re:venue,1.00\n",
        "`q1.csv`, row 2, column `target`: `1.00` has no unit, because no metric `revenu` is known; if it is new, write the header as `target:money:2`; did you mean `revenue`?\n\
         `q1.csv`, row 3, column `metric`: `Re:venue` is not the name of a metric; did you mean `revenue`?",
    );
}

#[test]
fn every_number_that_is_none_is_named() {
    let desk = Desk::with_figures();
    refuses(
        &desk,
        "participant,metric,target\nAnna,revenue,1.005\nBo,revenue,tbd\nCem,revenue,\n",
        "`q1.csv`, row 2, column `target`: `1.005` has more than 2 decimals, expected money with 2 decimals, such as `1234.50`; round it at its source or declare more decimals\n\
         `q1.csv`, row 3, column `target`: `tbd` is not a decimal number, expected money with 2 decimals, such as `1234.50`; correct it, or remove the row\n\
         `q1.csv`, row 4, column `target`: is empty, expected the target; remove the row where there is none",
    );
}

#[test]
fn a_target_twice_is_refused() {
    let desk = Desk::with_figures();
    refuses(
        &desk,
        "participant,metric,target\nAnna,revenue,1.00\nAnna,revenue,2.00\n",
        "`q1.csv`, row 3, column `participant`: `Anna` with `metric` revenue is already in row 2; expected it once, remove one row or add them up",
    );
}

#[test]
fn a_header_of_other_columns_is_refused() {
    let desk = Desk::with_figures();
    refuses(
        &desk,
        "who,metric,target\nAnna,revenue,1.00\n",
        "`q1.csv`, row 1: no column `participant`, which `targets` needs; there is `metric`, `target`, `who`; rename the column that is meant, in the file or in the mapping\n\
         `q1.csv`, row 1: `who` is no column of targets, expected `participant`, `metric` and `target`; remove it, or ignore it in the mapping",
    );
}

#[test]
fn before_a_period_has_people_anybody_may_have_a_target() {
    let desk = Desk::with_figures();
    desk.attain.write("q2.csv", "participant,metric,target:money:2\nDana,revenue,1.00\n");
    desk.attain.ok(["target", "import", "q2.csv", "--period", "2017-Q2"]);
}
