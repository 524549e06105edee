//! The pages: they show what there is, and nothing in them runs.

use crate::api::Api;

#[tokio::test]
async fn pages_show_runs_payouts_and_statements_in_both_languages() {
    let (api, id) = Api::with_run().await;
    let first = api.get("/").await.text();
    for part in ["Companies and runs", "2017-Q1", "field-sales", "draft", "0.21 USD", &id[..12]] {
        assert!(first.contains(part), "{part}: {first}");
    }
    let run = format!("/company/acme/runs/{id}");
    assert!(first.contains(&format!("href=\"{run}?lang=en\"")), "{first}");
    let payouts = api.get(&format!("{run}?lang=zh")).await.text();
    for part in [
        "奖金",
        "草稿",
        "Ann Lee",
        "0.07",
        "<rect x=\"0\" width=\"240\"",
        "/people/%E7%8E%8B%E8%8A%B3?lang=zh",
    ] {
        assert!(payouts.contains(part), "{part}: {payouts}");
    }
    let statement = api.get(&format!("{run}/people/%E7%8E%8B%E8%8A%B3?lang=zh")).await.text();
    for part in ["奖金明细", "王芳", "按百分之五提成。", "行得 0.07", "flat-rate@1.0.0"] {
        assert!(statement.contains(part), "{part}: {statement}");
    }
}

#[tokio::test]
async fn a_participant_can_not_write_markup() {
    let (api, id) = Api::with_run().await;
    for path in
        [format!("/company/acme/runs/{id}"), format!("/company/acme/runs/{id}/people/%3Cb%3EBo%3C%2Fb%3E")]
    {
        let page = api.get(&path).await.text();
        assert!(page.contains("&lt;b&gt;Bo&lt;/b&gt;") && !page.contains("<b>"), "{page}");
    }
}

#[tokio::test]
async fn a_browser_is_told_to_run_nothing() {
    let api = Api::new();
    for path in ["/", "/company/acme/runs/abcdef"] {
        let page = api.get(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
        assert!(!page.text().contains("<script") && !page.text().contains("style=\""));
    }
    assert_eq!(api.get("/console.css").await.kind(), "text/css");
}

#[tokio::test]
async fn a_page_that_is_not_there_says_why_to_people() {
    let api = Api::new();
    let page = api.get("/company/acme/runs/abcdef").await;
    assert_eq!((page.status, page.kind()), (404, "text/html"));
    assert!(
        page.text().contains("there is no company `acme`; add it: attain company add acme"),
        "{}",
        page.text()
    );
}
