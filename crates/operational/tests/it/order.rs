use crate::world::World;
use serde_json::json;

#[test]
fn totals_follow_lines_and_payments() {
    let w = World::new();
    let ctx = w.system();
    let account = w.create(&ctx, "account", json!({"name": "Acme"})).unwrap();
    let order = w.create(&ctx, "order", json!({"account": account.to_string(), "kind": "sale"})).unwrap();
    assert_eq!(w.get(&ctx, "order", order)["number"], "O-000001");
    for (quantity, price, rate) in [("3", "9.995", "19"), ("1", "100", "7")] {
        w.create(&ctx, "order_line", json!({"order": order.to_string(), "quantity": quantity, "unit_price": price, "tax_rate": rate})).unwrap();
    }
    let got = w.get(&ctx, "order", order);
    assert_eq!((got["net"]["amount"].as_str(), got["tax"]["amount"].as_str(), got["total"]["amount"].as_str()), (Some("129.99"), Some("12.70"), Some("142.69")));
    let payment = w.create(&ctx, "payment", json!({"order": order.to_string(), "amount": "100", "status": "paid"})).unwrap();
    assert_eq!(w.get(&ctx, "order", order)["payment_status"], "partly_paid");
    w.update(&ctx, "payment", payment, json!({"amount": "142.69"})).unwrap();
    assert_eq!(w.get(&ctx, "order", order)["payment_status"], "paid");
    assert_eq!(w.create(&ctx, "order", json!({"kind": "sale"})).unwrap_err().fields[0].code, "required");
}
