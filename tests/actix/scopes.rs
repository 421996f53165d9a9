//! Different gates for different parts of one service.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Service as _;
use actix_web::http::Uri;
use actix_web::middleware::NormalizePath;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, web};
use certgate::adapter::actix::{GateMiddleware, Identity};
use certgate::gate::Gate;

use crate::harness::{acme, answer, forwarded, guard, seen};
use crate::support::{POLICY, at, policy};

async fn caller(Identity(caller): Identity, uri: Uri) -> String {
    format!("{} {}", caller.client().unwrap_or("nobody"), uri.path())
}

/// Everything under one prefix.
fn under(prefix: &str) -> String {
    POLICY
        .replace("\"/payments\"", &format!("\"{prefix}/payments\""))
        .replace("\"/healthz\"", &format!("\"{prefix}/healthz\""))
}

#[actix_web::test]
async fn each_scope_has_its_gate_and_rules_see_the_whole_path() {
    let open = policy(&under("/two").replace("rate = { requests = 3", "rate = { requests = 1"));
    let app = App::new()
        .service(
            web::scope("/one")
                .wrap(guard(policy(&under("/one"))))
                .service(web::scope("/payments").route("/{id}", web::get().to(caller))),
        )
        .service(
            web::scope("/two")
                .wrap(guard(open))
                .route("/payments/{id}", web::get().to(caller)),
        )
        .route("/healthz", web::get().to(async || "up"));
    let app = init_service(app).await;
    for (path, status, body) in [
        ("/one/payments/7", 200, "pisp-partner-acme /one/payments/7"),
        ("/one/payments/7", 200, "pisp-partner-acme /one/payments/7"),
        ("/two/payments/7", 200, "pisp-partner-acme /two/payments/7"),
        ("/two/payments/7", 429, ""),
        ("/one/payments/7", 200, "pisp-partner-acme /one/payments/7"),
        // What a scope leaves of the path is in the policy of none.
        ("/one/other", 403, ""),
        // A gate denies before the router says that there is nothing.
        ("/one/nowhere", 403, ""),
        ("/healthz", 200, "up"),
    ] {
        let answer = answer(&app, acme("GET", path).to_request()).await;
        assert_eq!(answer.status, status, "{path}");
        if status == 200 {
            assert_eq!(answer.body, body);
        }
    }
    let anonymous = forwarded("GET", "/two/payments/7").to_request();
    assert_eq!(answer(&app, anonymous).await.status, 401);
}

#[actix_web::test]
async fn no_spelling_of_a_path_gets_around_its_rule() {
    // Below a path that is open to the client stands one that is not.
    let text = POLICY.replace("paths = [\"/admin\"]", "paths = [\"/payments/ad@min\"]");
    let app = App::new()
        .wrap(guard(policy(&text)))
        .route("/payments/ad@min", web::get().to(caller))
        .route("/payments/7", web::get().to(caller));
    let app = init_service(app).await;
    let ok = answer(&app, acme("GET", "/payments/%37").to_request()).await;
    assert_eq!(
        (ok.status, &*ok.body),
        (200, "pisp-partner-acme /payments/%37")
    );
    for (path, status) in [
        ("/payments/ad@min", 403),
        ("/payments/ad%40min", 403),
        ("/payments/%61d%40min", 403),
        ("/payments/ad@min/", 403),
        ("//payments/ad@min", 400),
        ("/payments//ad@min", 400),
        ("/payments/7/../ad@min", 400),
        ("/payments%2Fad@min", 400),
        ("/payments/ad@min;x", 400),
        ("/payments/ad@min%00", 400),
    ] {
        let answer = answer(&app, acme("GET", path).to_request()).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.seen.is_none());
    }
}

#[actix_web::test]
async fn a_path_that_is_normalised_inside_of_the_gate_was_judged_as_it_came() {
    let app = App::new()
        .wrap(NormalizePath::trim())
        .wrap(guard(policy(POLICY)))
        .default_service(web::to(seen));
    let app = init_service(app).await;
    for (path, status) in [
        ("/payments/", 200),
        ("//payments", 400),
        ("/healthz", 200),
        ("/healthz/", 401),
    ] {
        let request = match path.starts_with("/healthz") {
            true => forwarded("GET", path),
            false => acme("GET", path),
        };
        let answer = answer(&app, request.to_request()).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[actix_web::test]
async fn the_inner_of_two_gates_finds_nothing_to_believe() {
    let app = App::new().wrap(guard(policy(POLICY))).service(
        web::scope("/payments")
            .wrap(guard(policy(POLICY)))
            .default_service(web::to(seen)),
    );
    let app = init_service(app).await;
    let answer = answer(&app, acme("GET", "/payments/7").to_request()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["reason"], "certificate_missing");
}

#[actix_web::test]
async fn an_inner_exemption_hides_what_the_outer_gate_proved() {
    let exempt = POLICY.replace("path = \"/healthz\"", "path = \"/payments/open\"");
    let app = App::new().wrap(guard(policy(POLICY))).service(
        web::scope("/payments")
            .wrap(guard(policy(&exempt)))
            .route("/open", web::get().to(caller)),
    );
    let app = init_service(app).await;
    let hidden = answer(&app, acme("GET", "/payments/open").to_request()).await;
    assert_eq!(hidden.status, 401);
    assert_eq!(hidden.json()["reason"], "identity_missing");
    // And without a proof the inner exemption opens nothing.
    let anonymous = forwarded("GET", "/payments/open").to_request();
    let denied = answer(&app, anonymous).await;
    assert_eq!(denied.json()["reason"], "certificate_missing");
}

#[actix_web::test]
async fn a_scope_of_patterns_and_an_empty_one_are_judged_by_the_whole_path() {
    let app = App::new()
        .service(
            web::scope("/{tenant}/v1")
                .wrap(guard(policy(&under("/one/v1"))))
                .route("/payments", web::get().to(caller)),
        )
        .service(
            web::scope("")
                .wrap(guard(policy(POLICY)))
                .route("/payments", web::get().to(caller))
                .route("/admin", web::get().to(caller)),
        );
    let app = init_service(app).await;
    for (path, status) in [
        ("/one/v1/payments", 200),
        // The pattern takes it, and the rules do not.
        ("/two/v1/payments", 403),
        ("/%6Fne/v1/payments", 200),
        ("/one%2Fv1/payments", 400),
        ("/payments", 200),
        ("/admin", 403),
    ] {
        let answer = answer(&app, acme("GET", path).to_request()).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[actix_web::test]
async fn a_request_that_somebody_keeps_outside_of_the_gate_reaches_no_handler() {
    // actix does not change the headers of a request that somebody else holds, so
    // that nothing could be stripped from it.
    let kept = Rc::new(RefCell::new(None));
    let keeper = Rc::clone(&kept);
    let called = Rc::new(Cell::new(false));
    let handler = Rc::clone(&called);
    let app = App::new()
        .default_service(web::to(move || {
            handler.set(true);
            async { "never" }
        }))
        .wrap(guard(policy(POLICY)))
        .wrap_fn(move |request, next| {
            *keeper.borrow_mut() = Some(request.request().clone());
            next.call(request)
        });
    let app = init_service(app).await;
    let broken = actix_web::rt::spawn(async move {
        let request = acme("GET", "/payments").to_request();
        answer(&app, request).await.status
    });
    assert!(broken.await.unwrap_err().is_panic());
    assert!(kept.borrow().is_some());
    assert!(!called.get());
}

#[actix_web::test]
async fn one_gate_counts_for_every_middleware_made_of_it() {
    let gate = Arc::new(Gate::new(policy(POLICY)).unwrap());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        // As a worker does that makes its own.
        let guard = GateMiddleware::new(Arc::clone(&gate)).with_clock(|| at(0));
        let app = App::new().wrap(guard).default_service(web::to(seen));
        let request: TestRequest = acme("GET", "/payments");
        let answer = answer(&init_service(app).await, request.to_request()).await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
}
