//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Whose ratings come together.
    #[parameter(default = "person")]
    about: About,
    /// Decimals of a rating.
    #[parameter(default = 2, max = "9")]
    rating_decimals: u8,
    /// Decimals of the score.
    #[parameter(default = 2, max = "9")]
    decimals: u8,
    /// What is cut off at either end. None: nothing is.
    trim: Option<Trim>,
    /// How many ratings there must be for a score, outliers among them.
    #[parameter(default = 3, min = "1")]
    ratings_min: u32,
    /// Which ratings are outliers. None: none is.
    outlier: Option<Outlier>,
    /// What an outlier does.
    #[parameter(default = "marked")]
    outliers: Outliers,
    /// What each relation between rater and rated counts for, by the values of the input `relation`. None: all
    /// ratings are alike.
    relations: Option<Named<Relation>>,
    /// What a relation that counts and has too few ratings does.
    #[parameter(default = "reweigh")]
    missing_relation: Missing,
    /// How the score is rounded.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum About {
    /// Those of the participant that the rows belong to: whoever is rated.
    Person,
    /// Those with the same input `rated`: the rows belong to raters.
    Rated,
}

/// What is cut off at either end.
#[derive(Parameters)]
pub struct Trim {
    /// The share of ratings that is cut off at each end. `"0.5"` leaves the one or two in the middle.
    #[parameter(min = "0", max = "0.5")]
    share: Ratio<6>,
    /// How that becomes a number of ratings.
    #[parameter(default = "floor")]
    round: Round,
}

impl Trim {
    /// How many of so many ratings are cut off at each end; something is always left.
    pub fn cut(&self, ratings: usize) -> usize {
        let number = Exact::whole(i64::try_from(ratings).unwrap_or(i64::MAX));
        let cut: Count = (self.share * number).round(self.round);
        usize::try_from(cut.units()).unwrap_or(0).min(ratings.saturating_sub(1) / 2)
    }
}

/// Which ratings are outliers.
#[derive(Parameters)]
pub enum Outlier {
    /// Those further from the median than so many times the median absolute deviation.
    Mad {
        /// How many times.
        #[parameter(min = "0")]
        times: Decimal,
        /// A distance up to which no rating is an outlier, however close the others are.
        #[parameter(default = "0", min = "0")]
        least: Decimal,
    },
    /// Those further from the median than this.
    Distance(Decimal),
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Outliers {
    /// It is marked, and counts.
    Marked,
    /// It is marked, and doesn't count.
    LeftOut,
}

/// What a relation counts for.
#[derive(Parameters)]
pub struct Relation {
    /// Its weight.
    #[parameter(min = "0")]
    pub weight: Ratio<6>,
    /// How many ratings it needs to count.
    #[parameter(default = 1, min = "1")]
    pub ratings_min: u32,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// The others' weights are scaled up.
    Reweigh,
    /// There is no score.
    NoScore,
}

/// How far from the median a rating may lie, ready for use.
pub enum Bound {
    /// So many times the median absolute deviation, at least so much.
    Mad { times: Exact, least: Exact },
    /// So much.
    Distance(Exact),
}

/// What the rule works with.
pub struct Plan {
    pub trim: Option<Trim>,
    pub ratings_min: usize,
    pub bound: Option<Bound>,
    pub outliers: Outliers,
    pub relations: Option<Named<Relation>>,
    pub missing_relation: Missing,
    pub round: Round,
    /// What makes one point of a rating.
    pub rating_scale: Exact,
    /// What makes one point of the score.
    pub scale: Exact,
    about: About,
    rating_kind: Kind,
    score_kind: Kind,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let one = |decimals: u8| Exact::whole(attain_sdk::power_of_ten(decimals));
        let rating_scale = one(terms.rating_decimals);
        if let Some(relations) = &terms.relations
            && relations.values().all(|relation| relation.weight == Ratio::ZERO)
        {
            let message = "no relation has a weight above 0, expected at least one".to_owned();
            wrong.at("relations", "no-weight", message);
        }
        let bound = terms.outlier.map(|outlier| match outlier {
            Outlier::Mad { times, least } => Bound::Mad { times: times.exact(), least: least * rating_scale },
            Outlier::Distance(distance) => {
                if distance.units() < 0 {
                    let message = format!("`{distance}` is below zero, expected a distance of at least 0");
                    wrong.at("outlier.distance", "out-of-range", message);
                }
                Bound::Distance(distance * rating_scale)
            }
        });
        if bound.is_none() && terms.outliers == Outliers::LeftOut {
            let message = "nothing says which ratings are outliers; set `outlier`, or leave this out";
            wrong.at("outliers", "unused-field", message.to_owned());
        }
        Some(Plan {
            trim: terms.trim,
            ratings_min: usize::try_from(terms.ratings_min).unwrap_or(usize::MAX),
            bound,
            outliers: terms.outliers,
            relations: terms.relations,
            missing_relation: terms.missing_relation,
            round: terms.round,
            rating_scale,
            scale: one(terms.decimals),
            about: terms.about,
            rating_kind: Kind::new(Unit::Points, terms.rating_decimals),
            score_kind: Kind::new(Unit::Points, terms.decimals),
        })
    }
}

impl Plan {
    pub fn rating_kind(&self) -> Kind {
        self.rating_kind
    }

    pub fn score_kind(&self) -> Kind {
        self.score_kind
    }

    pub fn rating(&self) -> Need {
        Need::Required
    }

    pub fn relation(&self) -> Need {
        Need::if_so(self.relations.is_some())
    }

    pub fn rated(&self) -> Need {
        Need::if_so(self.about == About::Rated)
    }

    pub fn grouping(&self) -> Grouping {
        match self.about {
            About::Person => Grouping::Person,
            About::Rated => Grouping::By(vec!["rated".to_owned()]),
        }
    }
}
