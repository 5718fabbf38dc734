package roblox

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// Receipt is a purchase that a script has to process (R255).
type Receipt struct {
	PlayerID   int64
	ProductID  int64
	PurchaseID string
	Spent      int64 // in Robux
}

// ProcessReceipt hands a receipt to the script's callback, in a thread of its own. done is told the
// decision, an item of Enum.ProductPurchaseDecision: NotProcessedYet also if there is no callback,
// if it fails or if it returns something else.
func (s *Server) ProcessReceipt(r Receipt, done func(decision string)) {
	callback := s.Service("MarketplaceService").Callback("ProcessReceipt")
	decision := "NotProcessedYet"
	if callback == nil {
		done(decision)
		return
	}
	info := s.VM.NewTable(0, 5)
	machine.SetField(info, "PlayerId", lua.LNumber(r.PlayerID))
	machine.SetField(info, "ProductId", lua.LNumber(r.ProductID))
	machine.SetField(info, "PurchaseId", lua.LString(r.PurchaseID))
	machine.SetField(info, "CurrencySpent", lua.LNumber(r.Spent))
	machine.SetField(info, "PlaceIdWherePurchased", lua.LNumber(s.options.PlaceID))
	s.VM.NewThread(s.VM.NewFunction("", func(L *lua.LState) int {
		defer func() { done(decision) }()
		vm.Call(L, 1, callback, info)
		item := AsEnumItem(L.Get(-1))
		if item != nil && item.Enum.Name == "ProductPurchaseDecision" {
			decision = item.Name
		}
		return 0
	})).Run()
}

func marketplaceClass() *Class {
	return &Class{
		Name: "MarketplaceService", Super: "Instance", Service: true,
		Callbacks: []string{"ProcessReceipt"},
		Events: []string{"PromptBundlePurchaseFinished", "PromptGamePassPurchaseFinished",
			"PromptProductPurchaseFinished", "PromptPurchaseFinished",
			"PromptPremiumPurchaseFinished"},
		Methods: refused("MarketplaceService", "GetProductInfo", "GetProductInfoAsync",
			"GetDeveloperProductsAsync", "PlayerOwnsAsset", "PlayerOwnsAssetAsync",
			"PlayerOwnsBundle", "PlayerOwnsBundleAsync", "PromptGamePassPurchase",
			"PromptProductPurchase", "PromptPurchase", "PromptPremiumPurchase",
			"PromptBundlePurchase", "UserOwnsGamePassAsync"),
	}
}
