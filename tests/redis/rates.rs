use super::*;

#[tokio::test]
async fn first() {
    let acme = Acme::new(set([("standard", rate(2, MINUTE), None)]));
    println!("{:?}", acme.charge(1).await);
    println!("{:?}", acme.charge(1).await);
    println!("{:?}", acme.charge(1).await);
    acme.at(utc("2026-04-16 09:10:22"));
    println!("{:?}", acme.charge(1).await);
    println!("{:?}", acme.server.ask::<Vec<String>>(&["KEYS", "*"]));
    println!("{:?}", acme.server.ask::<Vec<String>>(&["TIME"]));
}
